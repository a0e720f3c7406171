# The HTML report in a browser. Node and Chromium come from Debian's packages where they are missing, the
# libraries of the tests from npm; nothing of it is a part of the tool.

WEBTEST  := internal/report/webtest
CHROMIUM ?= $(or $(shell command -v chromium),/usr/bin/chromium)
NODE     ?= $(or $(shell command -v node),/usr/bin/node)
PDFTOPPM := /usr/bin/pdftoppm
PNGQUANT := /usr/bin/pngquant
CJK      := /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
EMOJI    := /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf

.PHONY: test-web
test-web: $(CHROMIUM) $(WEBTEST)/node_modules/.package-lock.json ## open the HTML report and the site of docs/ in headless Chromium: search, filter, print, accessibility
	cd $(WEBTEST) && CHROMIUM=$(CHROMIUM) $(NODE) --test --test-reporter=spec

.PHONY: screenshots
screenshots: $(CHROMIUM) $(PDFTOPPM) $(PNGQUANT) $(CJK) $(EMOJI) $(WEBTEST)/node_modules/.package-lock.json ## take the pictures of the HTML report in docs/img anew
	cd $(WEBTEST) && CHROMIUM=$(CHROMIUM) $(NODE) screenshots.js $(CURDIR)/docs/img

%/node_modules/.package-lock.json: %/package.json %/package-lock.json $(NODE)
	cd $* && npm ci --no-audit --no-fund
	@touch $@

$(NODE):
	apt-get update && apt-get install -y --no-install-recommends nodejs npm

$(CHROMIUM):
	apt-get update && apt-get install -y --no-install-recommends chromium

$(PDFTOPPM):
	apt-get update && apt-get install -y --no-install-recommends poppler-utils

$(PNGQUANT):
	apt-get update && apt-get install -y --no-install-recommends pngquant

$(EMOJI):
	apt-get update && apt-get install -y --no-install-recommends fonts-noto-color-emoji

$(CJK):
	apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk
