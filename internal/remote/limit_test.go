package remote

import (
	"testing"
	"time"
)

func TestParseLimit(t *testing.T) {
	tests := []struct {
		message string
		want    limit
		ok      bool
	}{
		{"The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute", limit{200, 5 * time.Minute}, true},
		{"limit:20,time:1 second", limit{20, time.Second}, true},
		{"over ratelimit, limit: 60 , time: 1 Minutes", limit{60, time.Minute}, true},
		{"limit:5,time:2 hour", limit{5, 2 * time.Hour}, true},
		{"limit:5,time:1 day", limit{5, 24 * time.Hour}, true},
		{"limit:0,time:1 second", limit{}, false},
		{"limit:5,time:0 second", limit{}, false},
		{"limit:5,time:999999 day", limit{}, false}, // longer than a time.Duration
		{"limit:99999999999,time:1 second", limit{}, false},
		{"limit:-5,time:1 second", limit{}, false},
		{"limit:5,time:1 fortnight", limit{}, false},
		{"too many requests", limit{}, false},
		{"", limit{}, false},
	}
	for _, tt := range tests {
		got, ok := parseLimit(tt.message)
		if got != tt.want || ok != tt.ok {
			t.Errorf("parseLimit(%q) = %v, %v, want %v, %v", tt.message, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzLimit(f *testing.F) {
	f.Add("policy user over ratelimit,limit:200,time:5 minute")
	f.Add("limit:1,time:1 secondlimit:2,time:2 day")
	f.Add("limit:999999999,time:106751 day")
	f.Fuzz(func(t *testing.T, message string) {
		l, ok := parseLimit(message)
		if !ok {
			if l != (limit{}) {
				t.Fatalf("no limit, but %v", l)
			}
			return
		}
		if l.count < 1 || l.per < time.Second || l.per%time.Second != 0 {
			t.Fatalf("parseLimit(%q) = %v", message, l)
		}
		// Whatever the limit, the wait that it causes is finite.
		w := &window{limit: l, share: lowestShare}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		if d := w.delay(now, []start{{0, now}}); d < 0 {
			t.Fatalf("limit %v waits for %v", l, d)
		}
	})
}

// Waits never exceed what the window itself needs.
func TestWindowDelay(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	starts := func(ago ...time.Duration) (s []start) {
		for i, d := range ago {
			s = append(s, start{uint64(i), now.Add(-d)})
		}
		return s
	}
	tests := []struct {
		name    string
		limit   limit
		started []start
		want    time.Duration
	}{
		{"nothing started", limit{2, time.Second}, nil, 0},
		{"short window is spaced", limit{2, time.Second}, starts(0), 525 * time.Millisecond},
		{"short window used up", limit{2, time.Second}, starts(600*time.Millisecond, 550*time.Millisecond), 450 * time.Millisecond},
		{"short window over", limit{2, time.Second}, starts(2*time.Second, 2*time.Second), 0},
		{"long window is not spaced", limit{3, time.Minute}, starts(time.Second, 0), 0},
		{"long window used up", limit{2, time.Minute}, starts(50*time.Second, time.Second), 11 * time.Second},
		{"only the last ones count", limit{2, time.Minute}, starts(time.Hour, 50*time.Second, time.Second), 11 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &window{limit: tt.limit, share: 1}
			if got := w.delay(now, tt.started); got != tt.want {
				t.Errorf("delay = %v, want %v", got, tt.want)
			}
		})
	}
}
