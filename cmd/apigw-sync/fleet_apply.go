package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/config"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// apply carries out an apply to several targets: all plans are made concurrently and shown, one question is asked, and
// then one wave after another writes, until one fails. It returns the targets in the order of their waves.
func (f *fleet) apply(ctx context.Context, p *program, cmd *cobra.Command, members []*member, out *printer, args []string, progress *progress) ([]*member, error) {
	members = f.sortByWave(members)
	for _, m := range members {
		go m.run(ctx, p, args)
	}
	for i, m := range members {
		select {
		case <-m.ready:
		case <-m.done:
		}
		progress.report("targets", i+1, len(members))
	}
	progress.pause()
	yes := flagValue(cmd.Flags(), "yes") == "true"
	err := showPlans(p, out, members, yes)
	if err == nil {
		err = f.confirm(ctx, p, members, yes)
	}
	if err != nil {
		for _, m := range waitingMembers(members) {
			m.proceed <- err
			<-m.done
		}
		return members, err
	}
	writeWaves(ctx, members, flagValue(cmd.Flags(), "keep-going") == "true")
	return members, nil
}

// sortByWave sorts the targets by the order in which they are written: first by the number of their wave, then the
// targets without one, of which each is a wave of its own.
func (f *fleet) sortByWave(members []*member) []*member {
	last := 0
	for _, m := range members {
		if n := f.section(m.name).Wave; n != nil {
			m.wave = *n
			last = max(last, *n)
		}
	}
	for _, m := range members {
		if f.section(m.name).Wave == nil {
			last++
			m.wave = last
		}
	}
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(a, b *member) int { return cmp.Compare(a.wave, b.wave) })
	return members
}

// section returns the section of a target in the config file.
func (f *fleet) section(name string) *config.Target {
	t, err := f.config.Target(name)
	if err != nil { // this cannot happen, since the target was found before
		return &config.Target{}
	}
	return t
}

// waitingMembers returns the runs that have a plan and wait until they may write.
func waitingMembers(members []*member) (out []*member) {
	for _, m := range members {
		select {
		case <-m.done:
		default:
			out = append(out, m)
		}
	}
	return out
}

// writeWaves lets one wave after another write.
func writeWaves(ctx context.Context, members []*member, keepGoing bool) {
	failed := ""
	for i := 0; i < len(members); {
		end := i
		for end < len(members) && members[end].wave == members[i].wave {
			end++
		}
		wave := members[i:end]
		i = end
		for _, m := range waitingMembers(wave) {
			switch {
			case failed != "" && !keepGoing, ctx.Err() != nil:
				m.skipped = fmt.Sprintf("wave %d did not start", m.wave)
				m.proceed <- errNotStarted
			default:
				m.proceed <- nil
			}
		}
		for _, m := range wave {
			<-m.done
			if m.code != exitDone && m.skipped == "" {
				failed = m.name
			}
		}
	}
}

// showPlans shows what will be written: on stdout if people read the result there, otherwise on stderr if somebody is
// asked.
func showPlans(p *program, out *printer, members []*member, yes bool) error {
	w := p.Stdout
	switch {
	case len(waitingMembers(members)) == 0: // the result says everything
		return nil
	case out.isText():
	case !yes && terminal(p.Stdin):
		w = p.Stderr
	default:
		return nil
	}
	planned := memberResults(members)
	for i, m := range members {
		if m.plan != nil {
			planned[i].Document = m.plan
		}
	}
	if err := report.Find("text").Write(w, document.NewFleet(head(""), "diff", planned), out.style); err != nil {
		return fmt.Errorf("write the plans: %w", err)
	}
	_, _ = fmt.Fprintln(w)
	return nil
}

// confirm asks one question for all targets. If one of them is a production, the answer must be the value of --target.
func (f *fleet) confirm(ctx context.Context, p *program, members []*member, yes bool) error {
	n, names, productions := 0, []string{}, []string{}
	for _, m := range waitingMembers(members) {
		n += m.changes
		names = append(names, m.name)
		if t := f.section(m.name); t.Production != nil && *t.Production {
			productions = append(productions, m.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	what := fmt.Sprintf("%s in %s", document.Count(n, "change", "changes"), document.Count(len(names), "target", "targets"))
	asking := *p
	if asking.production = len(productions) > 0; asking.production {
		asking.target = strings.Join(f.patterns, " ")
	}
	return asking.confirm(ctx, yes, what+" to apply", fmt.Sprintf("%s\nApply %s?", document.Clean(strings.Join(names, ", ")), what))
}
