package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Split says which objects of an export share a file.
type Split string

// The ways to split.
const (
	OneFile  Split = ""       // all of them
	ByKind   Split = "kind"   // those of the same kind
	ByGroup  Split = "group"  // those whose bindings all lead to the same API group; the rest share a file
	ByObject Split = "object" // none
)

// Splits are the ways to split into several files.
func Splits() []string { return []string{string(ByKind), string(ByGroup), string(ByObject)} }

// sharedFile is the name of the file for objects bound to several groups or to none.
const sharedFile = "shared"

// reservedStems are the names of files that no object's file may have, even in exports without these files.
var reservedStems = []string{sharedFile, ownsFile}

// splitItems distributes the items of an export to files, by name.
func (w *writer) splitItems() map[string][]item {
	out := map[string][]item{}
	items := w.items()
	if w.export.Split == OneFile {
		out[""] = items
		return out
	}
	stems := make([]stem, len(items))
	for i, it := range items {
		stems[i] = w.stem(it)
	}
	names := fileNames(stems)
	for i, it := range items {
		name := names[stems[i]]
		out[name] = append(out[name], it)
	}
	return out
}

// stem is what the name of a file is made from.
type stem struct {
	folder string
	name   string // of the object, as on the gateway, or a fixed name
	fixed  bool   // the name is not that of an object and must not be changed
}

func (w *writer) stem(it item) stem {
	switch w.export.Split {
	case ByKind:
		return stem{name: it.kind.Section, fixed: true}
	case ByObject:
		return stem{folder: it.kind.Section + "/", name: it.object.Key}
	default:
		group, one := w.group(it)
		if !one {
			return stem{name: sharedFile, fixed: true}
		}
		return stem{name: group}
	}
}

// group is the API group to which all bindings of an item lead; one is false when there is no such single group.
func (w *writer) group(it item) (name string, one bool) {
	link := kind.LinkFrom(it.kind.Name)
	if link == nil {
		return "", false
	}
	links := w.links[link.Name+" "+it.object.Key]
	for i := range links {
		if links[i].To.API.Group != links[0].To.API.Group {
			return "", false
		}
	}
	if len(links) == 0 {
		return "", false
	}
	return links[0].To.API.Group, true
}

// fileNames gives each stem a name that every file system accepts. Names differ from each other even where letter case
// does not count.
func fileNames(stems []stem) map[stem]string {
	sameName := map[string][]stem{}
	for _, s := range stems {
		plain := strings.ToLower(s.folder + fileName(s.name))
		if !slices.Contains(sameName[plain], s) {
			sameName[plain] = append(sameName[plain], s)
		}
	}
	for _, name := range reservedStems {
		if _, ok := sameName[name]; ok {
			sameName[name] = append(sameName[name], stem{name: name, fixed: true})
		}
	}
	out := map[stem]string{}
	for _, all := range sameName {
		for _, s := range all {
			name := fileName(s.name)
			if !s.fixed && (name != s.name || len(all) > 1) {
				sum := sha256.Sum256([]byte(s.name))
				name += "-" + hex.EncodeToString(sum[:4])
			}
			out[s] = s.folder + name + ".yaml"
		}
	}
	return out
}

// maxFileName is how many bytes of a name are kept. Every file system accepts that many, plus the suffixes added here.
const maxFileName = 200

// reserved are names that Windows does not allow for files, whatever their extension.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// fileName replaces in a name what some file system refuses. Different names may have the same result.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	clean = strings.TrimRight(strings.TrimLeft(clean, "."), ". ")
	for len(clean) > maxFileName {
		r := []rune(clean)
		clean = string(r[:len(r)-1])
	}
	first, _, _ := strings.Cut(strings.ToLower(clean), ".")
	if clean == "" || slices.Contains(reserved, first) {
		return "_" + clean
	}
	return clean
}
