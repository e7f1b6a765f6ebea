#!/bin/sh
# Builds the style, scripts and icon of Wardbook's pages into crates/web/assets/dist, and puts the typeface of its paper into
# crates/pdf/fonts; the binary packs both.
# Does nothing when no source changed since the last time, so that it can stand before every build.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root/crates/web/assets"
fonts=$root/crates/pdf/fonts

need() {
    command -v "$1" >/dev/null 2>&1 || {
        echo "build-assets: $1 is missing; on Debian: apt-get install -y $2" >&2
        exit 1
    }
}
need node nodejs
need npm npm
need sha256sum coreutils

major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
[ "$major" -ge 18 ] || {
    echo "build-assets: Node 18 or newer is needed; this is $(node --version)" >&2
    exit 1
}

# Everything that the result depends on; the stamp is written last, so that a build cut short is done again.
stamp=$(find package.json package-lock.json scss js static "$root/ops/build-assets.sh" -type f -exec sha256sum {} + |
    sed "s#$root/##" | LC_ALL=C sort | sha256sum | cut -d' ' -f1)
same() { [ -f "$1/.stamp" ] && [ "$(cat "$1/.stamp")" = "$stamp" ]; }
if same dist && same "$fonts"; then
    exit 0
fi

# Packages are fetched only when the lock changed.
lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ ! -f node_modules/.wardbook-lock ] || [ "$(cat node_modules/.wardbook-lock)" != "$lock" ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    printf '%s\n' "$lock" >node_modules/.wardbook-lock
fi

work=$(mktemp -d dist.XXXXXX)
trap 'rm -rf "$work" "$work.fonts"' EXIT

# Source Sans 3 by Adobe, under the SIL Open Font License, which goes wherever the files go. Typst sets static TrueType, not WOFF2.
mkdir "$work.fonts"
family=node_modules/@expo-google-fonts/source-sans-3
cp "$family/400Regular/SourceSans3_400Regular.ttf" "$family/600SemiBold/SourceSans3_600SemiBold.ttf" "$work.fonts/"
cp "$family/LICENSE_FONT" "$work.fonts/OFL.txt"

node_modules/.bin/sass --no-source-map --style=compressed --load-path=node_modules --quiet-deps scss/app.scss "$work/app.css"
# The source map is not shipped; without this line a browser would ask for it.
sed 's!//# sourceMappingURL=.*!!' node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js >"$work/govuk-frontend.min.js"
cp js/boot.js js/app.js js/demo.js static/favicon.svg "$work/"

# A function that Sass does not know is handed on as it is, and a browser drops the whole declaration.
if grep -Eo 'govuk-[a-z-]+\([^)]*\)' "$work/app.css" >&2; then
    echo "build-assets: app.css holds a function of the design system that was not called by its name" >&2
    exit 1
fi

# Fonts and emblems that only GOV.UK may use must never slip in, and nothing may point outside.
if grep -Eiq 'GDS Transport|crest|url\(' "$work/app.css"; then
    echo "build-assets: app.css holds a font, an emblem or an address that must not be there" >&2
    exit 1
fi

chmod 755 "$work" "$work.fonts"
printf '%s\n' "$stamp" | tee "$work.fonts/.stamp" >"$work/.stamp"
rm -rf dist "$fonts"
mv "$work.fonts" "$fonts"
mv "$work" dist
trap - EXIT
