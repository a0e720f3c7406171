// Site makes a static site from the pages in docs. The site works from a disk as well as from a server, and loads
// nothing from elsewhere. The program is a module of its own, so that users of the tool never download its
// dependencies.
package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed site.css site.js
var assets embed.FS

func main() {
	if len(os.Args) != 3 {
		_, _ = fmt.Fprintln(os.Stderr, "usage: site DOCS TARGET")
		os.Exit(1)
	}
	if err := build(os.Args[1], os.Args[2]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

// build reads the pages of the folder docs and writes the site into the folder target. It first removes what an earlier
// site left there.
func build(docs, target string) error {
	pages, err := read(docs)
	if err != nil {
		return err
	}
	nav, err := navigation(pages)
	if err != nil {
		return err
	}
	if err := clearSite(target); err != nil {
		return err
	}
	for _, p := range pages {
		html, err := p.html(nav)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Source, err)
		}
		if err := write(filepath.Join(target, filepath.FromSlash(p.Path)), html); err != nil {
			return err
		}
	}
	index, err := searchIndex(pages)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(target, "search-index.js"), index); err != nil {
		return err
	}
	for _, name := range []string{"site.css", "site.js"} {
		text, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(target, name), text); err != nil {
			return err
		}
	}
	return os.CopyFS(filepath.Join(target, "img"), os.DirFS(filepath.Join(docs, "img")))
}

// clearSite empties a folder that holds a site, and refuses one that holds something else.
func clearSite(target string) error {
	entries, err := os.ReadDir(target)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(target, "search-index.js")); err != nil { //nolint:gosec // the folder was named
		return fmt.Errorf("%s holds something else than a site", target)
	}
	return os.RemoveAll(target) //nolint:gosec // the folder was named, and holds a site
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil { //nolint:gosec // as the umask says
		return err
	}
	return os.WriteFile(path, text, 0o666) //nolint:gosec // as the umask says
}
