package drift

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// carrier is a certificate with the domains that carry it.
type carrier struct {
	ref     kind.CertificateRef
	groupID string // of the first of the domains
	domains []Certificate
	domain  string // id of the first
	found   kind.DomainCertificate
	err     error
}

// certificates tells which certificates end soon, of the groups whose APIs the files bind anything to.
// Each is asked for once, however many domains carry it.
func certificates(ctx context.Context, reader *fetch.Reader, c *compared.Result, o Options) ([]Certificate, []diff.Note) {
	var names []string
	for i := range c.Desired.Links {
		if a := c.Desired.Links[i].API; a != nil {
			names = append(names, a.Group)
		}
	}
	slices.Sort(names)
	groups, err := reader.Groups(ctx, slices.Compact(names))
	if err != nil {
		return nil, []diff.Note{{Message: "the certificates of domains could not be looked for: " + err.Error()}}
	}
	carriers := carriersOf(groups)
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
			warnings = append(warnings, k.unknown())
			continue
		}
		days := math.Floor(ends.Sub(o.Now).Hours() / 24)
		if days > float64(o.CertDays) {
			continue
		}
		for _, d := range k.domains {
			d.Name, d.NotAfter, d.Days = cmp.Or(k.found.Name, k.ref.Name, k.ref.ID), ends, int(days)
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Certificate) int {
		return cmp.Or(a.NotAfter.Compare(b.NotAfter), strings.Compare(a.Group, b.Group), strings.Compare(a.Domain, b.Domain), strings.Compare(a.Name, b.Name))
	})
	return out, warnings
}

// carriersOf lists the certificates of groups, by group and domain.
func carriersOf(groups []*kind.Group) (out []*carrier) {
	slices.SortFunc(groups, func(a, b *kind.Group) int { return strings.Compare(a.Name, b.Name) })
	byID := map[string]*carrier{}
	for _, g := range groups {
		for _, d := range g.Domains {
			for _, ref := range d.Bound() {
				if ref.ID == "" {
					continue
				}
				k := byID[ref.ID]
				if k == nil {
					k = &carrier{ref: ref, groupID: g.ID, domain: d.ID}
					byID[ref.ID] = k
					out = append(out, k)
				}
				k.domains = append(k.domains, Certificate{Group: g.Name, Domain: d.Name})
			}
		}
	}
	return out
}

func (k *carrier) unknown() diff.Note {
	d := k.domains[0]
	message := fmt.Sprintf("the certificate %s of %s (group %s) ", cmp.Or(k.ref.Name, k.ref.ID), d.Domain, d.Group)
	if k.err != nil {
		return diff.Note{Message: message + "could not be read: " + k.err.Error()}
	}
	return diff.Note{Message: message + "does not say when it ends"}
}
