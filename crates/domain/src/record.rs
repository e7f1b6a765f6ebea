//! Record classes: which audience a record belongs to, and so under which audience key it is sealed.

use crate::words::words;

words! {
    /// The class of a record, narrowest first.
    pub enum RecordClass {
        Conduct = "conduct", "Conduct of an adult";
        Safeguarding = "safeguarding", "Safeguarding";
        Hr = "hr", "Human resources";
        DataProtection = "data-protection", "Data protection";
        It = "it", "IT and equipment";
    }
}
