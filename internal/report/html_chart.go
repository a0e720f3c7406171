package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// htmlTimeline shows when certificates expire, on one scale in percent.
type htmlTimeline struct {
	Today float64
	Rows  []htmlExpiry
}

// htmlExpiry is a certificate. Its bar is between its end and today.
type htmlExpiry struct {
	Group, Domain, Name string
	When, TimeLeft      string // date; time until or since then, in words
	Expired             bool
	Start, Width        float64 // of the bar
}

func newTimeline(list []document.Certificate, today time.Time) *htmlTimeline {
	if len(list) == 0 {
		return nil
	}
	first, last := today.AddDate(0, 0, -3), today.AddDate(0, 0, 14)
	for i := range list {
		if at := list[i].NotAfter; at.Before(first) {
			first = at
		} else if at.After(last) {
			last = at
		}
	}
	room := float64(last.Sub(first))
	percent := func(t time.Time) float64 { return rounded(2 + 96*float64(t.Sub(first))/room) }
	out := &htmlTimeline{Today: percent(today)}
	for i := range list {
		c := &list[i]
		at := percent(c.NotAfter)
		out.Rows = append(out.Rows, htmlExpiry{
			Group: document.Clean(c.Group), Domain: cmp.Or(document.Clean(c.Domain), "no domain"), Name: document.Clean(c.Name), When: c.NotAfter.UTC().Format(time.DateOnly), TimeLeft: c.TimeLeft(),
			Expired: c.Expired, Start: min(at, out.Today), Width: rounded(math.Abs(at - out.Today)),
		})
	}
	return out
}

// htmlTraffic is the last hour of a group: sixty bars, one a minute, on a field twenty high.
type htmlTraffic struct {
	Text string // in words
	*document.Traffic
	Bars []htmlBar
}

type htmlBar struct {
	X, Y, Height, ErrorY, ErrorHeight float64
}

// Name returns the group, made harmless.
func (t htmlTraffic) Name() string { return document.Clean(t.Group) }

// Share returns how many calls failed, in percent.
func (t htmlTraffic) Share() string {
	if t.Calls == 0 {
		return "0"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*float64(t.Errors)/float64(t.Calls)), ".0")
}

// newTrafficCharts draws the traffic of groups, the busiest first. They share a scale of time; each has its own scale
// of calls.
func newTrafficCharts(groups []document.Traffic) []htmlTraffic {
	const minutes, high = 60, 20.0
	var last time.Time
	for i := range groups {
		if m := groups[i].Minutes; len(m) > 0 && m[len(m)-1].At.After(last) {
			last = m[len(m)-1].At
		}
	}
	var out []htmlTraffic
	for i := range groups {
		t := htmlTraffic{Text: document.TrafficText(&groups[i]), Traffic: &groups[i]}
		var most int64 = 1
		for _, m := range t.Minutes {
			most = max(most, m.Calls)
		}
		for _, m := range t.Minutes {
			x := minutes - 1 - math.Round(last.Sub(m.At).Minutes())
			if x < 0 {
				continue
			}
			tall, red := rounded(high*float64(m.Calls)/float64(most)), rounded(high*float64(min(m.Errors, m.Calls))/float64(most))
			t.Bars = append(t.Bars, htmlBar{x, rounded(high - tall), tall, rounded(high - red), red})
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b htmlTraffic) int { return int(min(1, max(-1, b.Calls-a.Calls))) })
	return out
}

// htmlHistory is drift over time, on a field of 100 by 40.
type htmlHistory struct {
	Line, Area, Dots string // paths
	Most             int    // differences at the top
	From, To         string // days
	Points           []document.PastReport
}

const htmlPast = 400 // the number of latest points of history that are drawn

func newHistory(points []document.PastReport) *htmlHistory {
	const wide, high = 100.0, 40.0
	points = slices.CompactFunc(points, func(a, b document.PastReport) bool { return a.At.Equal(b.At) })
	points = points[max(0, len(points)-htmlPast):]
	if len(points) < 2 {
		return nil
	}
	first, last := points[0].At, points[len(points)-1].At
	h := &htmlHistory{Most: 1, From: first.UTC().Format(time.DateOnly), To: last.UTC().Format(time.DateOnly), Points: points}
	for _, p := range points {
		h.Most = max(h.Most, p.Differences)
	}
	var line, dots strings.Builder
	room := max(1, float64(last.Sub(first)))
	for i, p := range points {
		x := rounded(wide * float64(p.At.Sub(first)) / room)
		y := rounded(high - high*float64(p.Differences)/float64(h.Most))
		fmt.Fprintf(&line, "%s%g %g", map[bool]string{true: "M", false: "L"}[i == 0], x, y)
		fmt.Fprintf(&dots, "M%g %gh0", x, y)
	}
	h.Line, h.Dots = line.String(), dots.String()
	h.Area = fmt.Sprintf("%sL%g %gL0 %gZ", h.Line, wide, high, high)
	slices.Reverse(h.Points)
	return h
}

func rounded(x float64) float64 { return math.Round(100*x) / 100 }
