# The published schema in an editor: yaml-language-server, from npm, completes and diagnoses the examples. Node
# comes as in web.mk; nothing of it is a part of the tool.

EDITORTEST := schema/editortest

.PHONY: test-editor
test-editor: $(EDITORTEST)/node_modules/.package-lock.json ## have yaml-language-server complete and diagnose the examples
	cd $(EDITORTEST) && $(NODE) --test --test-reporter=spec
