package remote

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// limit is a rate that the gateway named: so many requests in any window of that length.
type limit struct {
	count int
	per   time.Duration
}

// limitWords is how the front door names the limit that was reached, such as "policy user over
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
	// spacedUpTo is the longest window inside which requests are spread evenly. That holds whatever
	// way the gateway counts (fixed or sliding windows, a bucket), and costs at most one window. In
	// longer windows it would make a few requests wait for minutes, so there they may come at once.
	spacedUpTo = 10 * time.Second

	slowerBy       = 0.8  // share of the rate that is kept when others use the same limit
	slowerByLittle = 0.92 // of a rate that nobody named

	probeAfter  = 5    // windows without a refusal after which more than a learnt rate is tried
	probeLater  = 4    // times as many after each time when that was too much
	mostProbed  = 4    // times, which count for that
	leastBoost  = 0.05 // so much more at first, and each time twice as much
	fasterBy    = 1.02 // growth of that share after each window without a refusal
	lowestShare = 0.05
)

// window paces to one limit.
type window struct {
	limit
	share float64   // of the limit that is used: 1 unless others seem to use it too
	calm  time.Time // last change of share

	learnt bool    // it was told by no words, and may be too low
	before uint64  // requests numbered below this had started when it was learnt
	boost  float64 // what was added to the share last
	vain   int     // how often that was too much
}

// margin is added to the window's length: requests do not all travel equally long.
func (w *window) margin() time.Duration {
	if w.learnt { // it is no word to be kept, and gives way when it was too much
		return w.per / 25
	}
	return min(w.per/20, time.Second)
}

// delay is how long the next request must wait so that, with what was started before, no window
// holds more requests than the limit.
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

// explains reports whether the requests started before t use the limit up by themselves, so that
// its refusal was bound to come and waiting for the window to pass is all there is to do.
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

// slower gives way to others that use the same limit.
func (w *window) slower(now time.Time) {
	by := slowerBy
	if w.learnt { // it was passed by little: it grows in small steps
		by = slowerByLittle
	}
	if w.boost > 0 {
		w.vain = min(w.vain+1, mostProbed)
	}
	w.share, w.boost = max(w.share/(1+w.boost)*by, lowestShare), 0 // what was added last was too much
	w.calm = now
}

// patience is how long a learnt rate is kept before more is tried.
func (w *window) patience() time.Duration {
	d := probeAfter * w.per
	for range w.vain {
		d *= probeLater
	}
	return d
}

// faster takes a little more after a window without a refusal.
func (w *window) faster(now time.Time) {
	switch calm := now.Sub(w.calm); {
	case w.share < 1 && calm >= w.per:
		w.share = min(w.share*fasterBy, 1)
	case w.share >= 1 && w.learnt && calm >= w.patience(): // nobody said that this is all
		w.boost = max(2*w.boost, leastBoost)
		w.share *= 1 + w.boost
	default:
		return
	}
	w.calm = now
}
