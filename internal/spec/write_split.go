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
	Whole    Split = ""       // all of them
	ByKind   Split = "kind"   // those of a kind
	ByGroup  Split = "group"  // those whose bindings lead to one API group; others are shared
	ByObject Split = "object" // none
)

// Splits are the ways to split into several files.
func Splits() []string { return []string{string(ByKind), string(ByGroup), string(ByObject)} }

// shared is the file of what leads to several groups, or to none.
const shared = "shared"

// ours are the names of files of our own, which no object may have, whether or not they are written.
var ours = []string{shared, owning}

// pieces sorts the items of an export by the file that they go to.
func (w *writer) pieces() map[string][]item {
	out := map[string][]item{}
	items := w.items()
	if w.export.Split == Whole {
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

// stem is a file by what it is about.
type stem struct {
	folder string
	name   string // as the gateway has it
	fixed  bool   // our own name, which no other may have
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
			return stem{name: shared, fixed: true}
		}
		return stem{name: group}
	}
}

// group is the one API group to which all bindings of an item to APIs lead.
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

// fileNames gives each stem a name that every file system takes, and that differs from all others even where
// letter case does not count.
func fileNames(stems []stem) map[stem]string {
	rivals := map[string][]stem{}
	for _, s := range stems {
		plain := strings.ToLower(s.folder + fileName(s.name))
		if !slices.Contains(rivals[plain], s) {
			rivals[plain] = append(rivals[plain], s)
		}
	}
	for _, name := range ours {
		if _, ok := rivals[name]; ok {
			rivals[name] = append(rivals[name], stem{name: name, fixed: true})
		}
	}
	out := map[stem]string{}
	for _, all := range rivals {
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

// longest is the bytes of a file name, leaving room for what is added to it, that every file system takes.
const longest = 200

// reserved are names that Windows keeps for itself, whatever stands behind their dot.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// fileName is a name with nothing in it that some file system refuses; it may be that of other names, too.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	clean = strings.TrimRight(strings.TrimLeft(clean, "."), ". ")
	for len(clean) > longest {
		r := []rune(clean)
		clean = string(r[:len(r)-1])
	}
	first, _, _ := strings.Cut(strings.ToLower(clean), ".")
	if clean == "" || slices.Contains(reserved, first) {
		return "_" + clean
	}
	return clean
}
