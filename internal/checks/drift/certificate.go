package drift

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// certificateUse is a certificate with the domains that use it.
type certificateUse struct {
	ref     kind.CertificateRef
	groupID string // of the first of the domains
	domains []Certificate
	domain  string // id of the first
	found   kind.DomainCertificate
	err     error
}

// certificates finds the certificates that expire soon: those that the files declare, and those of the groups whose
// APIs the files bind anything to. Each of the latter is requested once, even if several domains use it.
func certificates(ctx context.Context, reader *fetch.Reader, c *compared.Result, o Options) ([]Certificate, []diff.Note) {
	declared := declaredCertificates(c)
	var names []string
	for i := range c.Desired.Links {
		if a := c.Desired.Links[i].To.API; a != nil {
			names = append(names, a.Group)
		}
	}
	slices.Sort(names)
	var carriers []*certificateUse
	groups, err := reader.Groups(ctx, slices.Compact(names))
	if err == nil {
		carriers, err = certificateUses(groups)
	}
	if err != nil {
		return declared.addExpiring(nil, o), []diff.Note{{Message: "the certificates of domains could not be looked up: " + err.Error()}}
	}
	var wg sync.WaitGroup
	for _, k := range carriers {
		wg.Go(func() { k.err = reader.Read(ctx, kind.ShowCertificate(k.groupID, k.domain, k.ref.ID), &k.found) })
	}
	wg.Wait()
	var out []Certificate
	var warnings []diff.Note
	for _, k := range carriers {
		ends, ok := k.found.Ends()
		if k.err != nil || !ok {
			warnings = append(warnings, k.readWarning())
			continue
		}
		for _, d := range k.domains {
			d.Name = cmp.Or(k.found.Name, k.ref.Name, k.ref.ID)
			d.Source = declared[d.Name].source
			if d.endsSoon(ends, o) {
				out = append(out, d)
			}
		}
	}
	out = declared.addExpiring(out, o)
	slices.SortFunc(out, func(a, b Certificate) int {
		return cmp.Or(a.NotAfter.Compare(b.NotAfter), strings.Compare(a.Group, b.Group), strings.Compare(a.Domain, b.Domain), strings.Compare(a.Name, b.Name))
	})
	return out, warnings
}

// endsSoon records when a certificate expires, and reports whether that is within the requested number of days.
func (d *Certificate) endsSoon(ends time.Time, o Options) bool {
	d.NotAfter, d.Days = ends, int(math.Floor(ends.Sub(o.Now).Hours()/24))
	return d.Days <= o.CertDays
}

// declarations are the certificates that the files declare and the gateway has, by the name that they have there.
type declarations map[string]struct {
	source *kind.Source
	value  kind.Certificate
}

func declaredCertificates(c *compared.Result) declarations {
	held := map[string]kind.Certificate{}
	for i := range c.Actual.Objects {
		if v, ok := c.Actual.Objects[i].Value.(kind.Certificate); ok {
			held[v.Name] = v
		}
	}
	out := declarations{}
	for i := range c.Desired.Objects {
		d := &c.Desired.Objects[i]
		want, ok := d.Value.(kind.Certificate)
		for _, name := range []string{want.Name, d.MovedFrom} {
			if have, there := held[name]; ok && there {
				k := out[name]
				k.source, k.value = &d.Source, have
				out[name] = k
				break // the former name counts only if no certificate has the new one
			}
		}
	}
	return out
}

// addExpiring adds the declared certificates that expire soon and that no domain uses.
func (declared declarations) addExpiring(told []Certificate, o Options) []Certificate {
	for name, k := range declared {
		ends, ok := k.value.Ends()
		c := Certificate{Name: name, Source: k.source}
		if ok && c.endsSoon(ends, o) && !slices.ContainsFunc(told, func(t Certificate) bool { return t.Name == name }) {
			told = append(told, c)
		}
	}
	return told
}

// certificateUses lists the certificates of groups, by group and domain.
func certificateUses(groups []kind.Object) (out []*certificateUse, err error) {
	slices.SortFunc(groups, func(a, b kind.Object) int { return strings.Compare(a.Key, b.Key) })
	byID := map[string]*certificateUse{}
	for i := range groups {
		g := &groups[i]
		domains, _, err := kind.Of("domain").ListedIn(g)
		if err != nil {
			return nil, err
		}
		for j := range domains {
			d := domains[j].Value.(kind.OwnDomain)
			for _, ref := range d.Bound {
				if ref.ID == "" {
					continue
				}
				k := byID[ref.ID]
				if k == nil {
					k = &certificateUse{ref: ref, groupID: g.ID, domain: domains[j].ID}
					byID[ref.ID] = k
					out = append(out, k)
				}
				k.domains = append(k.domains, Certificate{Group: g.Key, Domain: d.Domain})
			}
		}
	}
	return out, nil
}

func (k *certificateUse) readWarning() diff.Note {
	d := k.domains[0]
	message := fmt.Sprintf("the certificate %s of %s (group %s) ", cmp.Or(k.ref.Name, k.ref.ID), d.Domain, d.Group)
	if k.err != nil {
		return diff.Note{Message: message + "could not be read: " + k.err.Error()}
	}
	return diff.Note{Message: message + "does not say when it expires"}
}
