package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/emulator"
	"github.com/apigw-sync/apigw-sync/internal/remote"
)

// gatewayOptions say which gateway is used, and how requests are sent to it.
type gatewayOptions struct {
	endpoint       string
	region         string
	cloud          string
	projectID      string
	instanceID     string
	parallelism    inFlight
	maxRPS         float64
	timeout        time.Duration
	requestTimeout time.Duration
	emulator       emulatorOptions
	against        string
}

func (o *gatewayOptions) addFlags(flags *pflag.FlagSet) {
	addTarget(flags)
	flags.StringVar(&o.endpoint, "endpoint", "", "base `URL` of the API, or emulator:FILE for an emulated gateway that keeps its state in FILE (default from the region)")
	flags.StringVar(&o.region, "region", "", "`NAME` of the region, such as cn-north-4")
	flags.StringVar(&o.cloud, "cloud", "", "`DOMAIN` of the endpoint and of IAM, or a short name for it: huawei, huawei-eu, otc (default from the region)")
	suggestValues(flags, "cloud", slices.Sorted(maps.Keys(remote.Clouds))...)
	flags.StringVar(&o.projectID, "project-id", "", "`ID` of the project (default: looked up from the region)")
	flags.StringVar(&o.instanceID, "instance-id", "", "`ID` of the gateway")
	o.addPace(flags)
}

// addPace adds the flags for the pace of requests, which do not depend on the gateway.
func (o *gatewayOptions) addPace(flags *pflag.FlagSet) {
	flags.Var(&o.parallelism, "parallelism", "at most `N` requests at the same time, or auto: as many as the gateway accepts, up to 100")
	suggestValues(flags, "parallelism", "auto")
	flags.Float64Var(&o.maxRPS, "max-rps", 0, "send at most `R` requests per second; 0 means no fixed limit")
	flags.DurationVar(&o.timeout, "timeout", 0, "`TIME` that the whole run may take, such as 10m; 0 means no limit")
	flags.DurationVar(&o.requestTimeout, "request-timeout", 30*time.Second, "`TIME` that one request may take")
	o.emulator.addFlags(flags, "emulator-")
}

// addAgainst adds the flag of commands that only read.
func (o *gatewayOptions) addAgainst(flags *pflag.FlagSet) {
	flags.StringVar(&o.against, "against", "", "use `FILE`, an export (best made with --with-apis), instead of a gateway; needs no credentials")
}

func (o *gatewayOptions) check() error {
	switch {
	case o.against != "" && o.endpoint != "":
		return hinted{errors.New("--against and --endpoint cannot be used together"), "leave one of them out"}
	case o.maxRPS < 0:
		return fmt.Errorf("--max-rps: %g is below 0", o.maxRPS)
	case o.timeout < 0:
		return fmt.Errorf("--timeout: %s is below 0", o.timeout)
	case o.requestTimeout <= 0:
		return fmt.Errorf("--request-timeout: %s is not above 0", o.requestTimeout)
	}
	return nil
}

// inFlight is the value of --parallelism: the largest number of requests in flight; 0 means as many as the gateway
// accepts.
type inFlight int

func (n *inFlight) String() string {
	if *n == 0 {
		return "auto"
	}
	return strconv.Itoa(int(*n))
}

// Type returns the placeholder in help texts.
func (n *inFlight) Type() string { return "N|auto" }

// Set parses the value of the flag.
func (n *inFlight) Set(text string) error {
	if text == "auto" {
		*n = 0
		return nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 {
		return errors.New("must be auto, or a number from 1")
	}
	*n = inFlight(v)
	return nil
}

// workers returns the number of goroutines that are needed to have all allowed requests in flight.
func (n inFlight) workers() int { return cmp.Or(int(n), remote.MostInFlight) }

// timeoutError is the reason of a run that was stopped because its --timeout was over.
type timeoutError struct{ after time.Duration }

func (o timeoutError) Error() string {
	return fmt.Sprintf("the run took longer than --timeout %s", o.after)
}

// limit returns a context that ends after the timeout of the run.
func (o *gatewayOptions) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.timeout, timeoutError{o.timeout})
}

// gateway is the gateway that requests are sent to. It must be closed, even after failures.
type gateway struct {
	api.Caller
	instanceID  string
	projectID   string
	endpoint    string // see endpointOrigin
	region      string // "" if it is not known
	against     string // the export that is used instead of a gateway
	keyID       string // the access key of the run; "" if it has none
	host        string // names the folder of its undo files, see gatewayOptions.host
	maxInFlight func() int
	close       func() error
}

// emulatorPrefix is the prefix of an endpoint that means an emulator in this process.
const emulatorPrefix = "emulator:"

// connect finds the address and the credentials. It sends nothing to the gateway itself.
func (o *gatewayOptions) connect(ctx context.Context, p *program, log *slog.Logger, unknown io.Writer) (*gateway, error) {
	config := remote.Config{
		Endpoint: o.endpoint, ProjectID: o.projectID, InstanceID: o.instanceID,
		Parallelism: int(o.parallelism), MaxRPS: o.maxRPS, RequestTimeout: o.requestTimeout,
		UserAgent: "apigw-sync/" + readBuildInfo().Version, Log: log,
	}
	end := func() error { return nil }
	if p.member != nil {
		config.All = p.member.common.bound
	}
	if o.against != "" {
		return fromExport(p, o.against, config, emulator.Options{Invent: true, Log: unknown})
	}
	if file, ok := strings.CutPrefix(o.endpoint, emulatorPrefix); ok {
		save, err := o.emulator.start(p, file, &config, unknown)
		if err != nil {
			return nil, err
		}
		end = save
	} else if err := o.address(ctx, p, &config); err != nil {
		return nil, err
	}
	client, err := remote.New(config)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return &gateway{
		Caller: client, keyID: config.Credentials.AccessKey, maxInFlight: client.MostAtOnce, region: o.region, instanceID: config.InstanceID, projectID: config.ProjectID, endpoint: endpointOrigin(config.Endpoint), host: o.host(config.Endpoint), close: end,
	}, nil
}

// fromExport makes an emulated gateway from an export. If the options allow the emulator to invent, it also has the
// APIs that the export only refers to.
func fromExport(p *program, path string, c remote.Config, o emulator.Options) (*gateway, error) {
	state, err := os.ReadFile(path) //nolint:gosec // the user named it
	if err != nil {
		return nil, p.readPathError("against", path, err)
	}
	o.ProjectID, o.InstanceID = c.ProjectID, c.InstanceID
	g := emulator.New(o)
	if err := g.Load(state); err != nil {
		return nil, hinted{fmt.Errorf("--against %s: %w", path, err), "export --with-apis contains everything that references may need"}
	}
	inProcess(&c, g)
	client, err := remote.New(c)
	if err != nil {
		return nil, err
	}
	return &gateway{Caller: client, maxInFlight: client.MostAtOnce, against: path, instanceID: c.InstanceID, close: func() error { return nil }}, nil
}

// inProcess completes c with the address of an emulator in this process.
func inProcess(c *remote.Config, g *emulator.Gateway) {
	c.Endpoint, c.Trail = "http://localhost", "http://localhost" // nothing listens there: requests stay in the process
	if c.ProjectID == "" {
		c.ProjectID = emulator.DefaultProjectID
	}
	if c.InstanceID == "" {
		c.InstanceID = emulator.DefaultInstanceID
	}
	c.Credentials = remote.Credentials{Token: remote.NewSecret(emulator.DefaultToken), From: "the emulator"}
	c.Transport = emulator.Transport(g)
}

// address completes c with the address and the credentials of a real gateway.
func (o *gatewayOptions) address(ctx context.Context, p *program, c *remote.Config) error {
	if len(o.emulator.behaviours)+len(o.emulator.faults) > 0 {
		return hinted{errors.New("--emulator-behaviour and --emulator-fault are for the emulator"), "add --endpoint emulator:FILE"}
	}
	if o.instanceID == "" {
		return hinted{errors.New("no gateway is named"), "set --instance-id, or --target for a section of the config file, or try things out with --endpoint emulator:FILE"}
	}
	home, _ := os.UserHomeDir() // "" is fine: no profile file is looked for
	var err error
	c.Credentials, err = remote.FindCredentials(ctx, p.Lookup, p.target, home, nil)
	if err != nil {
		return err
	}
	found, err := remote.FindAddress(ctx, o.givenAddress(), c.Credentials, p.Lookup, nil)
	if err != nil {
		return err
	}
	c.Endpoint, c.Trail, c.ProjectID = found.Endpoint, found.Trail, found.ProjectID
	return nil
}

// givenAddress returns what flags say about the address.
func (o *gatewayOptions) givenAddress() remote.Address {
	return remote.Address{Region: o.region, Cloud: o.cloud, Endpoint: o.endpoint, ProjectID: o.projectID}
}

// emulatorOptions say how an emulated gateway behaves.
type emulatorOptions struct {
	behaviours []string
	faults     []string
	latency    time.Duration
}

// addFlags adds the flags for behaviours and faults. Their names begin with prefix.
func (o *emulatorOptions) addFlags(flags *pflag.FlagSet, prefix string) {
	flags.StringArrayVar(&o.behaviours, prefix+"behaviour", nil, "set a behaviour of the emulator as `NAME=VALUE`; repeatable (see apigw-sync emulator --help)")
	var rules []cobra.Completion
	for _, r := range emulator.BehaviourRules() {
		rules = append(rules, cobra.CompletionWithDesc(r.Text, r.Help))
	}
	suggestValues(flags, prefix+"behaviour", rules...)
	flags.StringArrayVar(&o.faults, prefix+"fault", nil, "make requests to the emulator fail by this `RULE`; repeatable (see apigw-sync emulator --help)")
}

func (o *emulatorOptions) options() (emulator.Options, error) {
	b, err := emulator.ParseBehaviour(o.behaviours...)
	if err != nil {
		return emulator.Options{}, err
	}
	out := emulator.Options{Behaviour: b, Latency: o.latency}
	for _, rule := range o.faults {
		f, err := emulator.ParseFault(rule)
		if err != nil {
			return emulator.Options{}, err
		}
		out.Faults = append(out.Faults, f)
	}
	return out, nil
}

// start starts an emulator in this process and completes c with its address. The caller must call save at the end.
func (o *emulatorOptions) start(p *program, file string, c *remote.Config, unknown io.Writer) (save func() error, err error) {
	options, err := o.options()
	if err != nil {
		return nil, err
	}
	options.ProjectID, options.InstanceID, options.Log = c.ProjectID, c.InstanceID, unknown
	start := func() (*startedEmulator, error) { return startEmulator(file, options) }
	var e *startedEmulator
	if p.member != nil {
		e, err = p.member.common.emulators.start(c.ProjectID+"/"+c.InstanceID, file, start)
	} else {
		e, err = start()
	}
	if err != nil {
		return nil, err
	}
	inProcess(c, e.gateway)
	return e.save, nil
}

// startedEmulator is an emulator in this process. save writes its state to the file if it changed or the file was
// missing.
type startedEmulator struct {
	gateway *emulator.Gateway
	save    func() error
}

// startEmulator starts an emulator with the state in a file; "" means that there is no file.
func startEmulator(file string, o emulator.Options) (*startedEmulator, error) {
	g := emulator.New(o)
	if file == "" {
		return &startedEmulator{g, func() error { return nil }}, nil
	}
	state, err := os.ReadFile(file) //nolint:gosec // the user named it
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, hinted{fmt.Errorf("state of the emulator: %w", err), "name another file"}
	}
	if err := g.Load(state); !missing && err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &startedEmulator{g, func() error { return saveEmulator(g, file, missing) }}, nil
}

func saveEmulator(g *emulator.Gateway, file string, missing bool) error {
	changed := missing
	for _, e := range g.Journal() {
		changed = changed || e.Carried
	}
	if !changed {
		return nil
	}
	state, err := g.Dump()
	if err != nil {
		return err
	}
	if err := writeBytes(file, privateMode, state); err != nil {
		return hinted{fmt.Errorf("save the state of the emulator: %w", err), howToWrite(err)}
	}
	return nil
}

// host returns the name of the folder for a gateway's undo files: the host of the endpoint, or a name for the
// emulator's file.
func (o *gatewayOptions) host(endpoint string) string {
	if file, ok := strings.CutPrefix(o.endpoint, emulatorPrefix); ok {
		path, _ := filepath.Abs(file) // "" is fine, too
		sum := sha256.Sum256([]byte(path))
		return "emulator-" + hex.EncodeToString(sum[:4])
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	return strings.ToLower(u.Hostname())
}
