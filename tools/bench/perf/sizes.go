//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/calls/impact"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/report"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
	"github.com/apigw-sync/apigw-sync/internal/world"
	"github.com/apigw-sync/apigw-sync/tools/bench"
)

// build builds the binary that is measured, with the flags of a release.
func (p *perf) build() error {
	p.binary = filepath.Join(p.dir, "apigw-sync")
	out, err := exec.CommandContext(p.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.binary, "./cmd/apigw-sync").CombinedOutput() //nolint:gosec // our own path
	if err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// processorTime returns the processor time of this process so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail for the own process
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timed returns the smallest processor time of three tries.
func timed(f func()) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range 3 {
		runtime.GC()
		began := processorTime()
		f()
		best = min(best, processorTime()-began)
	}
	return best
}

// cost is what one size costs: single steps, and whole commands.
type cost struct {
	Objects, Requests      int
	Load, Compare, Render  time.Duration
	Changes                int
	Impact                 time.Duration
	validate, diff         time.Duration
	validatePeak, diffPeak int64 // bytes
}

// sizes measures how work grows with the number of objects.
func (p *perf) sizes() error {
	var costs []cost
	for _, n := range sized(p, []int{10, 1000, 10_000, 100_000}, 2) {
		log.Printf("%d objects", n)
		c, err := p.cost(n)
		if err != nil {
			return err
		}
		costs = append(costs, c)
	}
	p.say("## Processor time and memory against size\n\n")
	p.say("These estates have twice as many bindings as objects, and their files list the collections that are not empty. The first table\nmeasures single stages, without a gateway: load the files; compare an empty gateway with them, which plans every request; write\nthat plan as text; and compute what a plan that moves one binding in a hundred means to callers.\n\n")
	p.say("| objects | load | compare and plan | render | changes | their impact |\n|---|---|---|---|---|---|\n")
	for _, c := range costs {
		p.say("| %s | %s | %s | %s | %s | %s |\n", thousands(c.Objects), short(c.Load), short(c.Compare), short(c.Render), thousands(c.Changes), short(c.Impact))
	}
	p.growth(costs, func(c cost) []time.Duration { return []time.Duration{c.Load, c.Compare, c.Render} })
	if c := costs[len(costs)-1]; c.diff > 0 {
		p.say("\nIn the largest estate, computing the impact takes %.0f %% of the processor time of a whole `diff`.\n", 100*c.Impact.Seconds()/(c.diff+c.Impact).Seconds())
	}
	p.say("\nThe second table measures whole commands, with the emulator in another process, over loopback HTTP: processor time\n(user and system) and peak memory (resident, as the system counts it, with Go's defaults).\n\n")
	p.say("| objects | requests of `diff` | `validate` | peak | no-change `diff` | peak |\n|---|---|---|---|---|---|\n")
	for _, c := range costs {
		p.say("| %s | %s | %s | %d MB | %s | %d MB |\n", thousands(c.Objects), thousands(c.Requests), short(c.validate), c.validatePeak>>20, short(c.diff), c.diffPeak>>20)
	}
	if n := len(costs); n > 2 {
		a, b := costs[n-2], costs[n-1]
		p.say("| growth exponent | | %.2f | | %.2f | |\n", exponent(a, b, a.validate, b.validate), exponent(a, b, a.diff, b.diff))
	}
	p.say("\nThe growth exponent compares the two largest sizes: 1.00 means that work grows in proportion to the objects.\n\n")
	return nil
}

func (p *perf) growth(costs []cost, of func(cost) []time.Duration) {
	n := len(costs)
	if n < 3 {
		return
	}
	a, b := costs[n-2], costs[n-1]
	p.say("| growth exponent |")
	for i, t := range of(a) {
		p.say(" %.2f |", exponent(a, b, t, of(b)[i]))
	}
	p.say(" | |\n")
}

func exponent(a, b cost, before, after time.Duration) float64 {
	return math.Log(after.Seconds()/before.Seconds()) / math.Log(float64(b.Objects)/float64(a.Objects))
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// cost measures one size.
func (p *perf) cost(n int) (c cost, err error) {
	dir := filepath.Join(p.dir, fmt.Sprint(n))
	out, err := p.child("-part", "steps", "-objects", fmt.Sprint(n), "-dir", dir)
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		return c, err
	}
	files := filepath.Join(dir, "files")
	if c.validate, c.validatePeak, err = p.run(nil, "validate", "-f", files); err != nil {
		return c, err
	}
	env, stop, err := p.serve(filepath.Join(dir, "state.json"))
	if err != nil {
		return c, err
	}
	defer stop()
	c.diff, c.diffPeak, err = p.run(env, "diff", "--detailed-exitcode", "--quiet", "-f", files)
	return c, err
}

// steps measures the steps that need no gateway, and writes an estate as files for the commands that do.
func (p *perf) steps() error {
	e := world.NewEstate(world.OfObjects(p.objects), 1)
	c := cost{Objects: e.Count(), Requests: bench.Reads(e).Sum()}
	files := e.Files(1000)
	if err := write(p.dir, e.GatewayState(), files); err != nil {
		return err
	}
	state, err := bench.Load(files...)
	if err != nil {
		return err
	}
	s, err := bench.NewSite(e.Bare(), 0, parallel)
	if err != nil {
		return err
	}
	_, found, err := s.Compare(p.ctx, state, diff.Options{})
	if err != nil {
		return err
	}
	c.Load = timed(func() { _, _ = bench.Load(files...) })
	var plan *diff.Plan
	c.Compare = timed(func() { plan = diff.Between(found.Actual, found.Desired, diff.Options{MaxDeletes: -1}) })
	c.Render = timed(func() {
		err = report.Find("text").Write(io.Discard, document.NewPlan(document.Head{}, plan, 0), report.Style{})
	})
	if err == nil {
		err = p.impact(e, &c)
	}
	return errors.Join(err, json.NewEncoder(&p.page).Encode(c))
}

// impact measures finding out how a plan affects callers.
func (p *perf) impact(e *world.Estate, c *cost) error {
	s, err := bench.NewSite(e.GatewayState(), 0, parallel)
	if err != nil {
		return err
	}
	state, err := bench.Load(e.Churn(1, 2).Files(1000)...)
	if err != nil {
		return err
	}
	_, found, err := s.Compare(p.ctx, state, diff.Options{})
	if err != nil {
		return err
	}
	c.Changes = len(found.Plan.Changes)
	c.Impact = timed(func() {
		impact.Of(impact.Input{Have: found.Actual, Want: found.Desired, Plan: found.Plan, Complete: found.Complete})
	})
	return nil
}

func write(dir string, state []byte, files [][]byte) error {
	err := os.MkdirAll(filepath.Join(dir, "files"), 0o700)
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, "state.json"), state, 0o600))
	for i, f := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, "files", fmt.Sprintf("%04d.yaml", i)), f, 0o600))
	}
	return err
}

// run measures a command: the best of some tries, with more tries for quick commands.
func (p *perf) run(env []string, args ...string) (least time.Duration, peak int64, err error) {
	var all []time.Duration
	for began := time.Now(); len(all) < 3 || len(all) < 20 && time.Since(began) < 2*time.Second; {
		cmd := exec.CommandContext(p.ctx, p.binary, args...) //nolint:gosec // built above
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
		all = append(all, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, int64(u.Maxrss)*rssUnit()) //nolint:unconvert // 32 bits wide on some systems
		}
	}
	return slices.Min(all), peak, nil
}

// rssUnit returns the unit in which the system reports peak memory.
func rssUnit() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1024
}

// serve starts an emulator in a process of its own.
func (p *perf) serve(state string) (env []string, stop func(), err error) {
	cmd := exec.CommandContext(p.ctx, p.binary, "emulator", "--state", state) //nolint:gosec // built above
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill() // its state need not be saved
		_ = cmd.Wait()
	}
	lines := bufio.NewScanner(out)
	for len(env) < 4 && lines.Scan() {
		if setting, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			env = append(env, strings.ReplaceAll(setting, "'", ""))
		}
	}
	if len(env) < 4 {
		stop()
		return nil, nil, errors.New("the emulator did not start")
	}
	return env, stop, nil
}

// starts measures the cost of starting a command.
func (p *perf) starts() error {
	log.Print("start-up")
	version, versionPeak, err := p.run(nil, "version")
	if err != nil {
		return err
	}
	validate, validatePeak, err := p.run(nil, "validate", "-f", "examples/quickstart/gateway.yaml")
	if err != nil {
		return err
	}
	info, err := os.Stat(p.binary)
	if err != nil {
		return err
	}
	p.say("## Starting up\n\n| command | processor time | peak memory |\n|---|---|---|\n")
	p.say("| `version` | %s | %d MB |\n| `validate` of `examples/quickstart` | %s | %d MB |\n\n", short(version), versionPeak>>20, short(validate), validatePeak>>20)
	p.say("The binary has %.1f MB when it is built with `-trimpath -ldflags \"-s -w\"`.\n", float64(info.Size())/(1<<20))
	return nil
}
