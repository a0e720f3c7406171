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
	baseline string // path of the baseline to compare with
	write    string // path of the baseline to write
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
		Long: `Drift compares desired-state files with the gateway, like diff, and also reports what else needs
attention: objects that the files own but do not declare, the status and locks of the gateway, features
that the files need and the gateway lacks, certificates that expire soon (of the files, and of the domains
of bound API groups), and expired ignore rules. It only reads.

Drift looks at what the files declare and own. It ends with how much of the gateway that is, and counts
the other objects; --undeclared lists them.

With --baseline, drift shows for each difference whether it was made on the gateway, in the files
(and not applied yet), or in both. Changes that are only in the files are reported but are not drift. Write
the baseline with apply --baseline or drift --write-baseline.

With --who, the audit trail of the project shows who made each difference, when, by which operation and
from which address. This is certain if the record has the id of the object, else probable. The trail goes
back seven days, is about a minute late, and needs the permission cts:trace:list; without it there is one
warning. It is read from cts.REGION.DOMAIN of the endpoint, or from APIGW_SYNC_CTS_ENDPOINT.

With --notify, drift sends a message to a chat (Slack, Teams, Feishu, DingTalk or WeCom, recognized by the
URL) or to any other webhook that accepts JSON. With --history, it sends one when the result differs from
the last report there, else whenever there is drift. If a message cannot be sent, that is a warning.

For API groups with differences, drift reads the calls of the last hour (--traffic groups); with --traffic
apis, it reads them for each affected API, too. If the gateway refuses to show them, that is a warning.
` + exitHelp(exitDone, exitError, exitDiffers),
		Example: `  apigw-sync drift --target prod
  apigw-sync drift --target prod --baseline prod.baseline.json -o json --exit-zero
  apigw-sync drift -f gateway/ --write-baseline prod.baseline.json`,
		Args: noArgs,
		RunE: p.runE(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	o.compare.addLook(flags)
	o.output.addFlags(flags, "drift")
	flags.IntVar(&o.certDays, "cert-days", 30, "report certificates that expire within `N` days")
	flags.BoolVar(&o.exitZero, "exit-zero", false, "exit with 0 even if there is drift")
	flags.StringVar(&o.baseline, "baseline", "", "show which side has changed since the baseline in the file at `PATH`")
	flags.StringVar(&o.write, "write-baseline", "", "save the current state of files and gateway in a file at `PATH`")
	flags.StringVar(&o.history, "history", "", "show drift over time (html), from the reports of drift -o json in `FOLDER`")
	flags.BoolVar(&o.undeclared, "undeclared", false, "list the objects of the gateway that no file declares")
	flags.BoolVar(&o.who, "who", false, "look up in the audit trail (CTS) who made each difference, and when")
	flags.StringArrayVar(&o.notify, "notify", nil, "report drift to the webhook at `URL`; repeatable; may be a variable such as '${CHAT_URL}', or none to report to nobody")
	addTrafficFlag(flags, &o.traffic, drift.Groups)
	return cmd
}

// find makes the report, reads the earlier ones for formats that show them, and notifies.
func (o *driftOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	d, err := o.report(ctx, out.program)
	if err == nil {
		err = readHistory(o.history, out, d)
	}
	if err == nil {
		d.Warnings = append(d.Warnings, o.notifyHooks(ctx, out, d)...)
	}
	if d.Drifted && !o.exitZero {
		return d, exitDiffers, err
	}
	return d, exitDone, err
}

// report makes the report. The document is never nil.
func (o *driftOptions) report(ctx context.Context, p *program) (*document.Drift, error) {
	now := time.Now()
	d := document.EmptyDrift(head(""), now)
	mode := drift.Mode(o.traffic)
	if o.certDays < 0 {
		return d, fmt.Errorf("--cert-days: %d is below 0", o.certDays)
	}
	if o.write != "" {
		if err := o.compare.refuseNarrowed("--write-baseline"); err != nil {
			return d, err
		}
	}
	before, err := readBaseline(o.baseline)
	if err != nil {
		return d, err
	}
	o.compare.allowUnhealthy, o.compare.tolerant = true, true // drift reports these, and writes nothing
	o.compare.traffic = trafficOptions{mode: string(drift.Off), maxAffected: -1}
	c, err := o.compare.compare(ctx, p)
	d.Head = c.head
	if err == nil {
		err = checkBaseline(before, o.baseline, c.head.InstanceID)
	}
	if err == nil {
		if o.compare.gateway.against != "" { // an export has no gateway whose health or traffic could be read
			c.Instance, mode = nil, drift.Off
		}
		var found *drift.Report
		reader := c.session.reader(c.Reads)
		by, warnings := o.askWho(ctx, p, c, reader, now)
		found, err = drift.Inspect(ctx, reader, c.Result, drift.Options{
			Now: now, CertDays: o.certDays, Traffic: mode, Baseline: before, Compared: c.run.Options, Undeclared: o.undeclared,
		})
		d = document.NewDrift(c.head, found)
		d.Managed, d.Requests.InFlight = c.managed(), c.session.maxInFlight()
		d.AddChangedBy(by)
		d.Warnings = append(d.Warnings, warnings...)
	}
	if err == nil && o.write != "" {
		err = writeBaseline(o.write, c, before, now)
	}
	d.Warnings = append(append([]document.Problem{}, c.warnings...), d.Warnings...)
	return d, joinErrors(err, c.end())
}

// readHistory reads earlier reports about the same gateway from a folder, for formats that show drift over time. Files
// in it that are not drift reports become warnings of d.
func readHistory(folder string, out *printer, d *document.Drift) error {
	if folder == "" {
		return nil
	}
	past, warnings, err := document.History(os.DirFS(folder), d.InstanceID)
	if err != nil {
		return fmt.Errorf("--history: %w", err)
	}
	out.style.History = past
	d.Warnings = append(d.Warnings, warnings...)
	return nil
}

// managed lists the addresses of everything that the files declare and the comparison looked at; nil if flags limited
// the comparison to some kinds or names.
func (c *prepared) managed() []string {
	if len(c.run.Options.Kinds)+len(c.run.Options.Names) > 0 {
		return nil
	}
	return drift.Managed(&c.Desired)
}
