package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigw-sync/apigw-sync/internal/checks/doctor"
	"github.com/apigw-sync/apigw-sync/internal/reconcile"
	"github.com/apigw-sync/apigw-sync/internal/remote"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

type doctorOptions struct {
	compare compareOptions
	output  outputOptions
	signed  bool // requests are signed with keys; set by address
}

func newDoctorCommand(p *program) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what would keep a run from working",
		Long: `Doctor checks the files, credentials and project, the connection to the endpoint (name and TLS), the
clock, the status and locks of the gateway, the features that the files need, the permission to read each
kind, and whether the quotas allow what the files would create. Each check prints one line that says what
to do. If a check fails, the other checks still run. Doctor only reads.
` + exitHelp(exitDone, exitError),
		Example: "  apigw-sync doctor --target prod\n  apigw-sync doctor -f gateway/ -o json",
		Args:    noArgs,
		RunE:    p.runE(&o.output, &o.compare.gateway, o.find),
	}
	flags := cmd.Flags()
	addTargets(flags)
	o.compare.files.addFlags(flags)
	o.compare.gateway.addFlags(flags)
	o.output.addFlags(flags, "doctor")
	return cmd
}

func (o *doctorOptions) find(ctx context.Context, out *printer) (document.Document, int, error) {
	if err := o.compare.gateway.check(); err != nil {
		return document.Empty("doctor", head(""), time.Now()), exitError, err
	}
	d, err := o.runChecks(ctx, out.program)
	if cause := context.Cause(ctx); cause != nil {
		d.Checks, d.Healthy = append(d.Checks, doctor.Fail("time", cause, "give it more time with --timeout")), false
	}
	if !d.Healthy {
		return d, exitError, nil // the checks have already said everything
	}
	return d, exitDone, err
}

// runChecks makes the checks in the order in which they depend on each other.
func (o *doctorOptions) runChecks(ctx context.Context, p *program) (*document.Diagnosis, error) {
	gateway := &o.compare.gateway
	state, files := o.files(p)
	checks := append([]doctor.Check{files}, o.address(ctx, p)...)
	if way := checks[len(checks)-2:]; slices.ContainsFunc(way, func(c doctor.Check) bool { return c.Status == doctor.Failed }) {
		return document.NewDiagnosis(head(gateway.instanceID), append(checks, doctor.Unreached("the gateway cannot be reached")...), 0), nil
	}
	s, err := gateway.dial(ctx, p)
	if err != nil {
		return document.NewDiagnosis(head(gateway.instanceID), append(checks, doctor.Fail("access", err, hintOf(err))), 0), nil
	}
	input := o.input(s, state)
	checks = append(checks, doctor.Gateway(ctx, input)...)
	d := document.NewDiagnosis(s.head(p, o.compare.files.environment), checks, input.Reader.Requests())
	d.Requests.InFlight = s.maxInFlight()
	return d, s.end()
}

// files checks the files. The state is nil if there are no valid files.
func (o *doctorOptions) files(p *program) (*spec.State, doctor.Check) {
	const name = "files"
	if o.compare.files.noFiles() {
		return nil, doctor.Skip(name, "there is neither gateway.yaml nor gateway/ here, and --file names none")
	}
	state, findings, err := o.compare.files.load(p)
	if err != nil {
		return nil, doctor.Fail(name, err, "")
	}
	if _, err := problemsIn(findings); err != nil {
		return nil, doctor.Fail(name, err, "see apigw-sync validate")
	}
	if skipped := o.compare.files.skipped; len(skipped) > 0 {
		return state, doctor.Check{Name: name, Status: doctor.Warning, Message: "valid, but " + joinSkipped(skipped), Hint: "rename or move them, or name them with --file"}
	}
	return state, doctor.Passed(name, "valid")
}

// address checks the credentials and the address of the gateway.
func (o *doctorOptions) address(ctx context.Context, p *program) []doctor.Check {
	gateway := &o.compare.gateway
	if strings.HasPrefix(gateway.endpoint, emulatorPrefix) {
		const why = "the emulator runs inside this process"
		return []doctor.Check{doctor.Passed("credentials", "%s", why), doctor.Passed("endpoint", "%s", why), doctor.Passed("project", "%s", why), doctor.Skip("dns", why), doctor.Skip("tls", why)}
	}
	var checks []doctor.Check
	home, _ := os.UserHomeDir() // "" is fine: no profile file is looked for
	creds, err := remote.FindCredentials(ctx, p.Lookup, p.target, home, nil)
	if err != nil {
		checks = append(checks, doctor.Fail("credentials", err, "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or APIGW_SYNC_TOKEN"))
	} else {
		checks = append(checks, doctor.Passed("credentials", "from %s", creds.From))
		o.signed = creds.Token.Reveal() == ""
	}
	at, wrong := remote.Locate(gateway.givenAddress(), creds, p.Lookup)
	checks = append(checks, addressCheck(at, wrong))
	switch {
	case wrong != nil:
		checks = append(checks, doctor.Skip("project", "there is no endpoint"))
	case at.ProjectID == "" && err != nil:
		checks = append(checks, doctor.Skip("project", "it cannot be looked up without credentials"))
	default:
		checks = append(checks, o.project(ctx, p, at, creds))
	}
	return append(checks, doctor.Network(ctx, at.Endpoint, nil)...)
}

// addressCheck reports the address of the gateway, and which other hosts may receive the credentials.
func addressCheck(at remote.Address, err error) doctor.Check {
	if err != nil {
		return doctor.Fail("endpoint", err, "set --region, or --endpoint")
	}
	cloud, iam := "", "not known for this endpoint"
	if at.Cloud != "" {
		cloud = " (cloud " + at.Cloud + ")"
	}
	if at.IAM != "" {
		iam = at.IAM
	}
	return doctor.Passed("endpoint", "%s%s; IAM: %s", at.Endpoint, cloud, iam)
}

func (o *doctorOptions) project(ctx context.Context, p *program, at remote.Address, creds remote.Credentials) doctor.Check {
	found, err := remote.FindAddress(ctx, at, creds, p.Lookup, nil)
	switch {
	case err != nil:
		return doctor.Fail("project", err, "set --project-id")
	case at.ProjectID == "":
		return doctor.Passed("project", "%s, looked up", found.ProjectID)
	}
	return doctor.Passed("project", "%s", found.ProjectID)
}

func (o *doctorOptions) input(s *session, state *spec.State) doctor.Input {
	clock := func() (time.Duration, bool) { return 0, false }
	if dated, ok := s.Caller.(interface{ ServerDate() (time.Duration, bool) }); ok {
		clock = dated.ServerDate
	}
	reader := s.reader(0)
	run := reconcile.Run{Caller: reader.Caller, Options: o.compare.diffOptions()}
	out := doctor.Input{Reader: reader, State: state, Compare: run.Compare, Clock: clock, Signed: o.signed}
	if state != nil {
		out.Kinds = reconcile.Kinds(run.Options, state)
	}
	return out
}

// hintOf returns the hint of an error.
func hintOf(err error) string {
	if h, ok := errors.AsType[hinted](err); ok {
		return h.hint
	}
	return ""
}
