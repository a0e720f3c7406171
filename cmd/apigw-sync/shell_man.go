package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/config"
	"github.com/apigw-sync/apigw-sync/internal/docs/manpage"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// newManCommand returns the command that writes the manual pages. It is hidden, since only builders of packages need
// it.
func newManCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Hidden: true,
		Short:  "Write the manual pages into a folder",
		Long: `Man writes a manual page for each command into a folder. Their date is that of SOURCE_DATE_EPOCH, else that
of the commit that the program was built from.
` + exitHelp(exitDone, exitError),
		Example:           "  apigw-sync man ~/.local/share/man/man1",
		Args:              arguments(1, "one folder", ""),
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		RunE:              func(cmd *cobra.Command, args []string) error { return runMan(p, cmd.Root(), args[0]) },
	}
}

func runMan(p *program, root *cobra.Command, folder string) error {
	date, err := p.pageDate()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil { //nolint:gosec // as the umask says
		return err
	}
	page := func(cmd *cobra.Command) manpage.Page {
		return manpage.Page{
			Source: "apigw-sync " + readBuildInfo().Version, Date: date, Variable: envVariable,
			Environment: variablesOf(cmd), Files: filesOf(cmd),
		}
	}
	return manpage.WriteTree(root, page, func(name string, write func(io.Writer) error) error {
		return writeFile(filepath.Join(folder, name), sharedMode, write)
	})
}

// pageDate returns the date of the sources. With it, pages do not depend on when they are written.
func (p *program) pageDate() (string, error) {
	if epoch, ok := p.Lookup("SOURCE_DATE_EPOCH"); ok {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", hinted{fmt.Errorf("SOURCE_DATE_EPOCH: %q is not a number", epoch), "set it to seconds since 1970"}
		}
		return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
	}
	if t, err := time.Parse(time.RFC3339, readBuildInfo().Date); err == nil {
		return t.UTC().Format(time.DateOnly), nil
	}
	return "", nil
}

// describesFlag reports whether a page describes what belongs to a flag. The page of the root command describes
// everything.
func describesFlag(cmd *cobra.Command, flag string) bool {
	return !cmd.HasParent() || cmd.Flags().Lookup(flag) != nil
}

// variablesOf returns the environment variables that a command uses in addition to those of its flags.
func variablesOf(cmd *cobra.Command) []manpage.Entry {
	list := []manpage.Entry{{Name: envPrefix + "OPTION", Text: "Each option lists the environment variable that sets it; the command line overrides it. Values of " +
		"repeatable options are separated by commas, fault rules by semicolons."}}
	if describesFlag(cmd, "endpoint") || describesFlag(cmd, "from") {
		list = append(list,
			manpage.Entry{Name: "APIGW_SYNC_TOKEN, HW_AUTH_TOKEN", Text: "A token. The first credentials that are found are used, in the order of this list."},
			manpage.Entry{Name: "HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN", Text: "Access key, secret key and, for temporary ones, their token."},
			manpage.Entry{Name: "HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN", Text: "The same, by the names of the Terraform provider."},
			manpage.Entry{Name: "HUAWEICLOUD_SDK_CREDENTIALS_FILE", Text: "The path of the SDK's file of profiles, if it is not the default."},
			manpage.Entry{Name: "APIGW_SYNC_TOKEN_TARGET and so on", Text: "The same for a single target: add its name in upper case to any of the above, as in " +
				"HW_ACCESS_KEY_PROD and HW_SECRET_KEY_PROD for prod. If one of these is set, those without the name of the target are ignored."},
			manpage.Entry{Name: "HW_REGION_NAME, HW_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID", Text: "Region and project, if no option and no target names them."},
		)
	}
	if describesFlag(cmd, "who") {
		list = append(list, manpage.Entry{Name: remote.TrailVariable, Text: "The address of the audit trail (CTS), if it does not follow from the endpoint."})
	}
	if describesFlag(cmd, "output") {
		list = append(list, manpage.Entry{Name: "NO_COLOR, TERM", Text: "Any NO_COLOR, and TERM=dumb, turn colours off unless --color always is given."})
	}
	return list
}

// filesOf returns the files that a command reads by default.
func filesOf(cmd *cobra.Command) (list []manpage.Entry) {
	if describesFlag(cmd, "file") {
		list = append(list, manpage.Entry{Name: "gateway.yaml, gateway/", Text: "Desired state: the file, else all *.yaml and *.yml of the folder, read where --file names nothing."})
	}
	if describesFlag(cmd, "target") || describesFlag(cmd, "from") {
		list = append(list, manpage.Entry{Name: config.Name, Text: "Named targets, searched from the working folder upward."})
	}
	if describesFlag(cmd, "endpoint") {
		list = append(list, manpage.Entry{Name: "~/.huaweicloud/credentials", Text: "Profiles of the vendor's SDK, read where the environment holds no credentials."})
	}
	return list
}
