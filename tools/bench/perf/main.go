//go:build unix

// Perf measures the tool and writes docs/performance.md. Run it with `make bench`; it takes some minutes.
//
// What needs memory runs in processes of its own, which perf starts with -part: the system counts the memory
// of a starting process as that of the one it starts, and perf shall not be seen in the peaks of commands.
package main

import (
	"bytes"
	"context"
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
	fmt.Fprintf(&p.page, head, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), time.Now().UTC().Format(time.DateOnly), busy())
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

// perf collects the page.
type perf struct {
	ctx     context.Context //nolint:containedctx // of the whole program
	dir     string          // for what is made on the way
	quick   bool
	objects int
	binary  string
	page    bytes.Buffer
}

// busy tells how much else the machine has to do, where the system says so.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	load, _, found := strings.Cut(string(text), " ")
	if err != nil || !found {
		return ""
	}
	return ", with a load average of " + load + " before it began"
}

// child runs perf itself for a part of the work and returns what it writes.
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

// sized is small when the program is only tried out.
func sized[T any](p *perf, all []T, few int) []T {
	if p.quick {
		return all[:few]
	}
	return all
}

const head = `# Performance

The time that a user waits is about requests × latency ÷ parallelism, and the management API limits requests for
everyone on the account. So apigw-sync sends as few requests as the API allows, and this page shows how few.
` + "`make bench`" + ` measures and writes it. Tests check the numbers of requests, but no times.

Measured on %s/%s with %d processors, %s, on %s%s.
The gateway is the emulator: it pages, batches, checks and refuses as the API documents, and answers after a
fixed latency. ` + "`internal/world`" + ` generates gateways, called estates here: APIs published in two environments, and throttles,
ACLs, plugins and apps bound to them, so that no API has more than it can take. "E" is 5,000 APIs in 50 groups,
300 throttles, 100 ACLs, 500 plugins, 1,000 apps and 20,000 bindings; its files list every collection of every
object. The other estates have the same proportions.

`
