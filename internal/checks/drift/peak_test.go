package drift

import (
	"testing"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// hourOf returns an hour with the same number of calls in each minute, plus more in some.
func hourOf(each int64, more map[int]int64) (f figures) {
	for i := range 60 {
		if n := each + more[i]; n > 0 {
			f = append(f, Minute{At: now.Truncate(time.Minute).Add(time.Duration(i-60) * time.Minute), Calls: n})
		}
	}
	return f
}

// TestOver checks by how much the calls in the known hour exceed a throttle's limit.
func TestOver(t *testing.T) {
	burst := map[int]int64{10: 50, 11: 50, 40: 90}
	for name, c := range map[string]struct {
		interval int64
		unit     string
		limit    int64
		figures  figures
		want     float64
	}{
		"a second, below on average":        {1, "SECOND", 2, hourOf(100, nil), 0},
		"a second, above on average":        {1, "SECOND", 2, hourOf(240, nil), 2},
		"half a minute":                     {30, "SECOND", 49, hourOf(100, nil), 1},
		"a minute, at the limit":            {1, "MINUTE", 90, hourOf(0, burst), 0},
		"a minute, above":                   {1, "MINUTE", 89, hourOf(0, burst), 1},
		"a minute, in seconds":              {60, "SECOND", 89, hourOf(0, burst), 1},
		"two minutes on end":                {2, "MINUTE", 99, hourOf(0, burst), 1},
		"two minutes with a gap":            {2, "MINUTE", 100, hourOf(0, burst), 0},
		"a minute and a half":               {90, "SECOND", 89, hourOf(0, burst), 1},
		"half an hour":                      {30, "MINUTE", 139, hourOf(0, burst), 1},
		"an hour":                           {1, "HOUR", 189, hourOf(0, burst), 1},
		"a day, of which one hour is known": {1, "DAY", 190, hourOf(0, burst), 0},
		"a day that the hour exceeds":       {1, "DAY", 180, hourOf(0, burst), 10},
		"no calls":                          {1, "SECOND", 1, nil, 0},
		"no limit":                          {1, "SECOND", 0, hourOf(100, nil), 0},
	} {
		t.Run(name, func(t *testing.T) {
			throttle := &kind.Throttle{TimeInterval: c.interval, TimeUnit: c.unit, APILimit: c.limit}
			if got := excessOf(throttle, c.figures); got.over != c.want {
				t.Errorf("over by %v (%s), want %v", got.over, got.seen, c.want)
			}
		})
	}
}

// TestTogether checks that the figures of several APIs are added minute by minute.
func TestTogether(t *testing.T) {
	sum := addFigures(hourOf(1, nil), hourOf(0, map[int]int64{10: 5}), nil)
	if got, busiest := sum.calls(), sum.peak(); got != 65 || busiest.Calls != 6 || len(sum) != 60 {
		t.Errorf("%d calls in %d minutes, %d at the peak", got, len(sum), busiest.Calls)
	}
}
