package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/config"
)

// The flags that name files to read and files to write. The --baseline of apply is also written, see filesOfFlags.
var (
	readFlags  = []string{"config", "file", "overlay", "against", "plan", "cases", "endpoint", "state", "update", "baseline"}
	writeFlags = []string{"out", "output-file", "undo-file", "journal", "to-file", "write-baseline"}
)

// flagFile is a file that a flag names.
type flagFile struct{ flag, path string }

// checkPaths refuses to write a file that the same run reads, or writes for another flag: its content would be lost.
func checkPaths(flags *pflag.FlagSet) error {
	read, written := filesOfFlags(flags)
	var wrong problems
	for i, w := range written {
		others := slices.Concat(read, written[:i])
		at := slices.IndexFunc(others, func(o flagFile) bool { return w.flag != o.flag && sameFile(o.path, w.path) })
		if at < 0 || w.flag == "--write-baseline" && others[at].flag == "--baseline" { // this updates the baseline
			continue
		}
		wrong.list = append(wrong.list, problemsOf(hinted{fmt.Errorf("%s would overwrite %s, which %s names", w.flag, w.path, others[at].flag), "name another file"})...)
	}
	if len(wrong.list) > 0 {
		wrong.summary = "nothing was read or written"
		return wrong
	}
	return nil
}

// filesOfFlags lists the files that flags name. For a folder, these are the files that are read in it.
func filesOfFlags(flags *pflag.FlagSet) (read, written []flagFile) {
	flags.VisitAll(func(f *pflag.Flag) {
		values := flagValues(f)
		if f.Name == "config" && values[0] == "" {
			values[0], _ = config.Find(".") // an error is reported when the config file is read
		}
		if f.Name == "file" && len(values) == 0 {
			found, _ := defaultFile()
			values = []string{found}
		}
		writes := slices.Contains(writeFlags, f.Name) || f.Name == "baseline" && flags.Lookup("yes") != nil
		if !writes && !slices.Contains(readFlags, f.Name) {
			return
		}
		for _, path := range values {
			if f.Name == "endpoint" {
				path, _ = strings.CutPrefix(path, emulatorPrefix)
			}
			switch {
			case path == "" || path == "-":
			case writes:
				written = append(written, flagFile{"--" + f.Name, path})
			default:
				paths, _ := filesAt(path)
				for _, path := range append(paths, path) {
					read = append(read, flagFile{"--" + f.Name, path})
				}
			}
		}
	})
	return read, written
}

// sameFile reports whether two paths lead to the same file, whether or not it exists. Two paths to something other than
// a regular file, such as a terminal, never count as the same.
func sameFile(a, b string) bool {
	one, errA := os.Stat(a)
	other, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return one.Mode().IsRegular() && os.SameFile(one, other)
	}
	return errA != nil && errB != nil && resolvePath(a) == resolvePath(b)
}

// resolvePath returns the absolute path of a file, which need not exist, with the links in its folders followed.
func resolvePath(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return filepath.Clean(path)
}
