package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/checks/drift"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

type driftOptions struct {
	compare  compareOptions
	output   outputOptions
	traffic  string
	certDays int
	exitZero bool
	baseline string // to compare with
	write    string // where the baseline is written to
	history  string // folder of earlier reports
	who      bool   // ask the audit trail

	undeclared bool
	notify     []string // URLs of webhooks, in which variables are still to be replaced
}

func newDriftCommand(p *program) *cobra.Command {
	var o driftOptions
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Report how the gateway differs from the files",
		Long: `Drift compares desired-state files with the gateway like diff, and adds what else needs attention: objects
that the files own but do not declare, the status of the gateway, its locks, features that the files
need and it lacks, certificates that end soon, of the files and of the domains of bound API groups, and
ignore rules past their last day. It only reads.

It looks at what the files declare and at what they own. How much of the gateway that is, it says at its end; what else
the gateway has is counted, and listed with --undeclared.

With --baseline, which apply --baseline or drift --write-baseline has written, each difference is told
apart: changed on the gateway, changed in the files and not applied yet, or both. What is merely not
applied yet is reported, but is no drift.

With --who the audit trail of the project says who made each difference, when, by which operation and from
which address: certain where it names the object by its id, else probable. It goes back seven days and is
about a minute late, and takes the permission cts:trace:list; without it there is one warning. It is at
cts.REGION.DOMAIN of the endpoint, or where APIGW_SYNC_CTS_ENDPOINT says.

With --notify a chat (Slack, Teams, Feishu, DingTalk, WeCom: by the form of the URL), or whatever takes JSON, is told of drift:
once when the result changes against the last report in --history, else at each run that finds drift. A message that
cannot be sent is a warning.

For each API group with a change the calls of the last hour are read (--traffic groups), for each touched
API, too, with --traffic apis. What the gateway refuses to tell of these is a warning.
` + exits(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync drift --target prod
  apigw-sync drift --target prod --baseline prod.baseline.json -o json --exit-zero
  apigw-sync drift -f gateway/ --write-baseline prod.baseline.json`,
		Args: noArgs,
		RunE: p.telling(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	o.compare.addLook(flags)
	o.output.addFlags(flags, "drift")
	flags.IntVar(&o.certDays, "cert-days", 30, "report certificates that end within `N` days")
	flags.BoolVar(&o.exitZero, "exit-zero", false, "exit with 0 also when there is drift")
	flags.StringVar(&o.baseline, "baseline", "", "show which side changed since the baseline in the file at `PATH`")
	flags.StringVar(&o.write, "write-baseline", "", "remember files and gateway as they are now in a file at `PATH`")
	flags.StringVar(&o.history, "history", "", "show drift over time (html), from the reports of drift -o json in the `FOLDER`")
	flags.BoolVar(&o.undeclared, "undeclared", false, "list the objects of the gateway that no file declares")
	flags.BoolVar(&o.who, "who", false, "ask the audit trail (CTS) who made each difference, and when")
	flags.StringArrayVar(&o.notify, "notify", nil, "tell the webhook at `URL` of drift; repeatable, may be a variable such as '${CHAT_URL}', and none tells nobody")
	addTrafficFlag(flags, &o.traffic, drift.Groups)
	return cmd
}

// find makes the report, reads the earlier ones for formats that show them, and notifies.
func (o *driftOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	d, err := o.look(ctx, out.program)
	if err == nil {
		err = recall(o.history, out, d)
	}
	if err == nil {
		d.Warnings = append(d.Warnings, o.tell(ctx, out, d)...)
	}
	if d.Drifted && !o.exitZero {
		return d, exitDiffers, err
	}
	return d, exitDone, err
}

// look makes the report. The document is never nil.
func (o *driftOptions) look(ctx context.Context, p *program) (*document.Drift, error) {
	now := time.Now()
	d := document.EmptyDrift(head(""), now)
	mode := drift.Mode(o.traffic)
	if o.certDays < 0 {
		return d, fmt.Errorf("--cert-days: %d is below 0", o.certDays)
	}
	if o.write != "" {
		if err := o.compare.whole("--write-baseline"); err != nil {
			return d, err
		}
	}
	before, err := readBaseline(o.baseline)
	if err != nil {
		return d, err
	}
	o.compare.allowUnhealthy, o.compare.tolerant = true, true // it is reported, and nothing is written
	o.compare.traffic = trafficOptions{mode: string(drift.Off), maxAffected: -1}
	c, err := o.compare.compare(ctx, p)
	d.Head = c.head
	if err == nil {
		err = fits(before, o.baseline, c.head.InstanceID)
	}
	if err == nil {
		if o.compare.gateway.against != "" { // there is nothing behind a file
			c.Instance, mode = nil, drift.Off
		}
		var found *drift.Report
		reader := c.session.reader(c.Reads)
		by, odd := o.askWho(ctx, p, c, reader, now)
		found, err = drift.Look(ctx, reader, c.Result, drift.Options{
			Now: now, CertDays: o.certDays, Traffic: mode, Baseline: before, Compared: c.run.Options, Undeclared: o.undeclared,
		})
		d = document.NewDrift(c.head, found)
		d.Managed, d.Requests.InFlight = c.managed(), c.session.mostAtOnce()
		d.AddChangedBy(by)
		d.Warnings = append(d.Warnings, odd...)
	}
	if err == nil && o.write != "" {
		err = writeBaseline(o.write, c, before, now)
	}
	d.Warnings = append(append([]document.Problem{}, c.warnings...), d.Warnings...)
	return d, both(err, c.end())
}

// recall reads from a folder the earlier reports about the same gateway, for formats that show drift over time.
// Files in it that are no drift reports become warnings of d.
func recall(folder string, out *printer, d *document.Drift) error {
	if folder == "" {
		return nil
	}
	past, odd, err := document.History(os.DirFS(folder), d.InstanceID)
	if err != nil {
		return fmt.Errorf("--history: %w", err)
	}
	out.style.History = past
	d.Warnings = append(d.Warnings, odd...)
	return nil
}

// managed lists the addresses of all that the files declare and the comparison looked at; nil when it
// was told to look at some only.
func (c *prepared) managed() []string {
	if len(c.run.Options.Kinds)+len(c.run.Options.Names) > 0 {
		return nil
	}
	return drift.Managed(&c.Desired)
}
