package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"gopkg.in/ini.v1"
)

// findProfile reads the SDK's profile file. If it has no credentials, note names the file and says why.
func findProfile(lookup Lookup, own, home string) (c Credentials, found bool, note string, err error) {
	path, named := profilePath(lookup, own, home)
	if path == "" {
		return Credentials{}, false, "the profile file (no home folder)", nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user's own file, named by the user
	if errors.Is(err, fs.ErrNotExist) && !named {
		return Credentials{}, false, path + " (no such file)", nil
	}
	if err != nil {
		return Credentials{}, false, "", fmt.Errorf("profile file: %w", err)
	}
	return readProfile(path, text)
}

// readProfile reads the section [basic]. The errors of the parser are not passed on, because they quote lines of the file.
func readProfile(path string, text []byte) (c Credentials, found bool, note string, err error) {
	file, err := ini.LoadSources(ini.LoadOptions{IgnoreInlineComment: true}, text)
	if err != nil {
		return Credentials{}, false, "", fmt.Errorf("profile file %s: not in INI format", path)
	}
	if !file.HasSection("basic") {
		return Credentials{}, false, path + " (no section [basic])", nil
	}
	return profileCredentials(path, file.Section("basic"))
}

func profileCredentials(path string, basic *ini.Section) (c Credentials, found bool, note string, err error) {
	value := func(key string) string {
		if !basic.HasKey(key) {
			return ""
		}
		return strings.TrimSpace(basic.Key(key).Value())
	}
	ak, sk := value("ak"), value("sk")
	switch {
	case ak == "" && sk == "" && value("idp_id") != "":
		return Credentials{}, false, path + " (signs in through an identity provider, which is not supported)", nil
	case ak == "" && sk == "":
		return Credentials{}, false, path + " (no ak and sk in section [basic])", nil
	case ak == "" || sk == "":
		return Credentials{}, false, "", fmt.Errorf("profile file %s: section [basic] needs both ak and sk", path)
	}
	c = Credentials{
		AccessKey: ak, SecretKey: NewSecret(sk), SecurityToken: NewSecret(value("security_token")),
		From: path, ProjectID: value("project_id"), IAMEndpoint: value("iam_endpoint"),
	}
	return c, true, "", c.check()
}
