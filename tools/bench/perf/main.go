//go:build unix

// Perf measures the tool and writes docs/performance.md. Run it with `make bench`; it takes some minutes.
//
// Parts that need much memory run in processes of their own, which perf starts with -part. The system counts the memory of a
// process also for the processes that it starts, so perf itself must be small when it measures the peak memory of commands.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	to := flag.String("out", "docs/performance.md", "file to write")
	p := &perf{ctx: context.Background()}
	flag.BoolVar(&p.quick, "quick", false, "small sizes only, to try it out")
	part := flag.String("part", "", "write one part to stdout: requests, times, paces or steps")
	flag.StringVar(&p.dir, "dir", "", "folder for what is made on the way, with -part steps")
	flag.IntVar(&p.objects, "objects", 0, "size of the estate, with -part steps")
	flag.Parse()
	err := p.measure(*part, *to)
	if err != nil {
		log.Fatal(err)
	}
}

func (p *perf) measure(part, to string) (err error) {
	switch part {
	case "":
		return p.all(to)
	case "requests":
		err = p.requests()
	case "times":
		err = p.times()
	case "paces":
		err = p.paceTimes()
	case "steps":
		err = p.steps()
	default:
		err = fmt.Errorf("there is no part %q", part)
	}
	if err == nil {
		_, err = p.page.WriteTo(os.Stdout)
	}
	return err
}

// all measures everything and writes the page.
func (p *perf) all(to string) (err error) {
	if p.dir, err = os.MkdirTemp("", "perf"); err != nil {
		return err
	}
	defer os.RemoveAll(p.dir) //nolint:errcheck // a temporary folder
	fmt.Fprintf(&p.page, head, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), time.Now().UTC().Format(time.DateOnly), machineLoad())
	whole := func(part string) func() error {
		return func() error {
			text, err := p.child("-part", part)
			p.page.Write(text)
			return err
		}
	}
	for _, part := range []func() error{p.build, whole("requests"), whole("times"), p.trips, whole("paces"), p.sizes, p.starts} {
		if err := part(); err != nil {
			return err
		}
	}
	return os.WriteFile(to, p.page.Bytes(), 0o644) //nolint:gosec // a page for everybody
}

// The texts of the page.
var (
	//go:embed text/head.md
	head string
	//go:embed text/bounds.md
	bounds string
	//go:embed text/trips.md
	aboutTrips string
	//go:embed text/trips_exceptions.md
	exceptTrips string
)

// perf collects the page.
type perf struct {
	ctx     context.Context //nolint:containedctx // for the whole run
	dir     string          // for temporary files
	quick   bool
	objects int
	binary  string
	page    bytes.Buffer
}

// machineLoad describes the load of the machine, if the system reports it.
func machineLoad() string {
	text, err := os.ReadFile("/proc/loadavg")
	load, _, found := strings.Cut(string(text), " ")
	if err != nil || !found {
		return ""
	}
	return ", with a load average of " + load + " before it began"
}

// child runs perf itself for a part of the work and returns its output.
func (p *perf) child(args ...string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if p.quick {
		args = append(args, "-quick")
	}
	cmd := exec.CommandContext(p.ctx, self, args...) //nolint:gosec // ourselves
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

func (p *perf) say(format string, args ...any) { fmt.Fprintf(&p.page, format, args...) }

// sized returns the smaller size for a quick run.
func sized[T any](p *perf, all []T, few int) []T {
	if p.quick {
		return all[:few]
	}
	return all
}
