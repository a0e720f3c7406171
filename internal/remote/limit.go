package remote

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// limit is a rate that the gateway has named: at most count requests in any window of length per.
type limit struct {
	count int
	per   time.Duration
}

// limitWords matches how the front door names the limit that was reached, such as "policy user over
// ratelimit,limit:200,time:5 minute".
var limitWords = regexp.MustCompile(`(?i)\blimit:\s*(\d{1,9})\s*,\s*time:\s*(\d{1,6})\s*(second|minute|hour|day)`)

// parseLimit finds a limit in the message of a refusal.
func parseLimit(message string) (limit, bool) {
	found := limitWords.FindStringSubmatch(message)
	if found == nil {
		return limit{}, false
	}
	count, errCount := strconv.Atoi(found[1])
	times, errTimes := strconv.Atoi(found[2])
	if errCount != nil || errTimes != nil || count < 1 || times < 1 {
		return limit{}, false
	}
	unit := map[string]time.Duration{
		"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
	}[strings.ToLower(found[3])]
	if per := time.Duration(times) * unit; per/unit == time.Duration(times) {
		return limit{count, per}, true
	}
	return limit{}, false
}

const (
	// spacedUpTo is the longest window within which requests are spread evenly. That keeps the limit however the gateway counts
	// (fixed or sliding windows, a bucket), and takes at most one window longer. In longer windows a few requests would wait
	// for minutes, so there they may start at once.
	spacedUpTo = 10 * time.Second

	slowerBy       = 0.8  // factor for the share when others use the same limit
	slowerByLittle = 0.92 // the same for a rate that was learnt

	probeAfter  = 5    // windows without a refusal after which more than a learnt rate is tried
	probeLater  = 4    // factor for probeAfter after each such attempt that was refused
	mostProbed  = 4    // refused attempts that lengthen probeAfter
	leastBoost  = 0.05 // share that is added at the first attempt; it doubles with each further one
	fasterBy    = 1.02 // growth of a share below 1 after each window without a refusal
	lowestShare = 0.05
)

// window keeps the pace within one limit.
type window struct {
	limit
	share float64   // part of the limit that we use: 1 unless others seem to use it, too
	calm  time.Time // last change of share

	learnt bool    // the gateway has not named the limit: it is an estimate and may be too low
	before uint64  // requests numbered below this had started when it was learnt
	boost  float64 // what was last added to the share
	failed int     // how often that led to a refusal
}

// margin is added to the window's length, since not all requests travel equally long.
func (w *window) margin() time.Duration {
	if w.learnt { // a refusal lowers the estimate, so less of a margin will do
		return w.per / 25
	}
	return min(w.per/20, time.Second)
}

// delay is how long the next request must wait so that, with the requests that were started before, no window has more than
// the limit.
func (w *window) delay(now time.Time, started []start) time.Duration {
	if len(started) == 0 {
		return 0
	}
	var d time.Duration
	if w.per <= spacedUpTo {
		space := float64(w.per+w.margin()) / (float64(w.count) * w.share)
		d = started[len(started)-1].at.Add(time.Duration(space)).Sub(now)
	}
	count := w.count
	if w.share > 1 {
		count = int(float64(count) * w.share)
	}
	if len(started) >= count {
		oldest := started[len(started)-count].at
		d = max(d, oldest.Add(w.per+w.margin()).Sub(now))
	}
	return max(d, 0)
}

// explains reports whether our requests that started before t have used up the limit. Then the refusal of t was to be expected,
// and it is enough to wait for the window to pass.
func (w *window) explains(t ticket, started []start) bool {
	n := 0
	for i := len(started) - 1; i >= 0 && n < w.count; i-- {
		if started[i].at.Before(t.at.Add(-w.per)) {
			break
		}
		if started[i].seq < t.seq {
			n++
		}
	}
	return n >= w.count
}

// slower reduces the share, since others use the same limit.
func (w *window) slower(now time.Time) {
	by := slowerBy
	if w.learnt { // it grows in small steps, so it was exceeded by little
		by = slowerByLittle
	}
	if w.boost > 0 {
		w.failed = min(w.failed+1, mostProbed)
	}
	w.share, w.boost = max(w.share/(1+w.boost)*by, lowestShare), 0 // takes back what was added last, which was too much
	w.calm = now
}

// keepFor is how long a learnt rate is kept before a higher one is tried.
func (w *window) keepFor() time.Duration {
	d := probeAfter * w.per
	for range w.failed {
		d *= probeLater
	}
	return d
}

// faster raises the share a little after a window without a refusal.
func (w *window) faster(now time.Time) {
	switch calm := now.Sub(w.calm); {
	case w.share < 1 && calm >= w.per:
		w.share = min(w.share*fasterBy, 1)
	case w.share >= 1 && w.learnt && calm >= w.keepFor(): // the true limit may be higher
		w.boost = max(2*w.boost, leastBoost)
		w.share *= 1 + w.boost
	default:
		return
	}
	w.calm = now
}
