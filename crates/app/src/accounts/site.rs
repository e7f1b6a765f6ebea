//! Where somebody says they are when they sign in, where a profile has it asked (P2-AUDIT-1): a school, never an address.

use wardbook_domain::field::Invalid;

use crate::{App, AppError};

/// The site of somebody who is at none of the schools.
pub const ELSEWHERE: &str = "elsewhere";

impl App {
    /// Whether somebody who signs in is asked where they are.
    pub fn asks_for_site(&self) -> bool {
        self.trusts().iter().any(|trust| trust.profile().sessions.site_asked)
    }

    /// The schools to choose from, of the trusts that ask: value and name of each; none where no trust asks.
    pub async fn sites(&self) -> Result<Vec<(String, String)>, AppError> {
        let mut sites = vec![];
        for trust in self.trusts().iter().filter(|trust| trust.profile().sessions.site_asked) {
            let directory = trust.directory().await?;
            sites.extend(directory.schools.values().map(|school| (trust.site_value(&school.code), school.name.clone())));
        }
        Ok(sites)
    }

    /// How a school of this trust is sent: by its code, which another trust may have too.
    fn site_value(&self, code: &str) -> String {
        let place = self.trusts().iter().position(|trust| trust.trust == self.trust).unwrap_or_default();
        if self.is_alone() { code.to_owned() } else { format!("{place}.{code}") }
    }

    /// The site as it was chosen. Asked only where a profile says so.
    pub(super) async fn site(&self, site: Option<&str>) -> Result<Option<String>, AppError> {
        if !self.asks_for_site() {
            return Ok(None);
        }
        let site = site.map(str::trim).filter(|site| !site.is_empty());
        let site = site.ok_or_else(|| Invalid::one("site", "is asked for: choose where you are"))?;
        if site != ELSEWHERE && !self.sites().await?.iter().any(|(value, _)| value == site) {
            return Err(Invalid::one("site", "is not a school of this trust").into());
        }
        Ok(Some(site.to_owned()))
    }

    /// What this trust hears of it: a school of its own by code, or that it was none of them.
    pub(super) async fn site_here(&self, site: Option<&str>) -> Result<Option<String>, AppError> {
        let Some(site) = site.filter(|_| self.profile().sessions.site_asked) else { return Ok(None) };
        let directory = self.directory().await?;
        let school = directory.schools.keys().find(|code| self.site_value(code) == site);
        Ok(Some(school.map_or(ELSEWHERE, String::as_str).to_owned()))
    }
}
