package emulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// traffic describes the calls of an API in the state file: totals for the last minutes, which are spread evenly.
type traffic struct {
	Group      string  `json:"group"`
	API        string  `json:"api,omitempty"`     // "" means all APIs of the group without an entry of their own
	Minutes    int     `json:"minutes,omitempty"` // before now; 0 means 60
	Calls      int     `json:"calls"`
	Errors4xx  int     `json:"errors_4xx,omitempty"`
	Errors5xx  int     `json:"errors_5xx,omitempty"`
	AvgLatency float64 `json:"avg_latency,omitempty"`       // ms
	MaxLatency int     `json:"max_latency,omitempty"`       // ms
	Output     int64   `json:"output_throughput,omitempty"` // bytes
	Input      int64   `json:"input_throughput,omitempty"`
}

type minuteView struct {
	MaxLatency int     `json:"max_latency"`
	AvgLatency float64 `json:"avg_latency"`
	Count      int     `json:"req_count"`
	Count2xx   int     `json:"req_count2xx"`
	Count4xx   int     `json:"req_count4xx"`
	Count5xx   int     `json:"req_count5xx"`
	CountError int     `json:"req_count_error"`
	Output     int64   `json:"output_throughput"`
	Input      int64   `json:"input_throughput"`
	Minute     int64   `json:"current_minute"`
	GroupID    string  `json:"group_id,omitempty"`
	APIID      string  `json:"api_id,omitempty"`
	Cycle      string  `json:"cycle,omitempty"`
	Provider   string  `json:"provider"`
	ReqTime    string  `json:"req_time"`
	Registered string  `json:"register_time"`
	Status     int     `json:"status,omitempty"`
}

var statisticsResource = resource{
	routes: []route{
		{op: "ListLatelyGroupStatisticsV2", method: http.MethodGet, path: "{I}/statistics/group/latest", do: forObject(inQuery("group_id", (*state).groups, groupNotFound), groupStatistics)},
		{op: "ListLatelyApiStatisticsV2", method: http.MethodGet, path: "{I}/statistics/api/latest", do: forObject(inQuery("api_id", (*state).apis, apiNotFound), apiStatistics)},
	},
	sections: []section{
		listSection("gateway.traffic", func(f traffic) string { return f.Group }, (*loader).addTraffic, func(d *dumper) []traffic { return d.traffic }),
	},
}

// hour is the longest span of the statistics, in minutes.
const hour = 60

func groupStatistics(g *Gateway, c *call, x *group) (reply, error) {
	minutes := g.minutes(c.now, hour, func(t traffic) bool { return t.Group == x.name })
	for i := range minutes {
		minutes[i].GroupID = x.id
	}
	return statistics(c.now, hour, minutes)
}

func apiStatistics(g *Gateway, c *call, a *api) (reply, error) {
	span, err := span(c.queryArg("duration"))
	if err != nil {
		return reply{}, err
	}
	minutes := g.minutes(c.now, span, func(t traffic) bool { return t.Group == a.group.name && t.API == a.name })
	for i := range minutes {
		minutes[i].APIID, minutes[i].GroupID, minutes[i].Cycle, minutes[i].Status = a.id, a.group.id, "MINUTE", 1
	}
	return statistics(c.now, span, minutes)
}

// span reads a duration such as 1h or 30m as minutes.
func span(s string) (int, error) {
	unit := strings.TrimLeft(s, "0123456789")
	n, err := strconv.Atoi(strings.TrimSuffix(s, unit))
	switch {
	case err == nil && n > 0 && unit == "m":
		return n, nil
	case err == nil && n > 0 && unit == "h":
		return n * hour, nil
	}
	return 0, invalidAs("APIG.2012", "duration")
}

// minutes adds up the traffic minute by minute, oldest first; minutes without a call are left out.
func (g *Gateway) minutes(now time.Time, span int, which func(traffic) bool) []minuteView {
	out := []minuteView{}
	for ago := span; ago >= 1; ago-- {
		at := now.UTC().Truncate(time.Minute).Add(-time.Duration(ago) * time.Minute)
		m := minuteView{Minute: at.Unix(), Provider: generateID(0, 4)}
		m.ReqTime, m.Registered = at.Format(time.DateTime), at.Format(time.DateTime)
		for _, t := range g.traffic {
			if which(t) {
				m.add(t, ago)
			}
		}
		if m.Count > 0 {
			out = append(out, m)
		}
	}
	return out
}

// add counts the minute's share of the traffic.
func (m *minuteView) add(t traffic, ago int) {
	minutes := t.Minutes
	if minutes == 0 {
		minutes = hour
	}
	calls := share(t.Calls, minutes, ago)
	if calls == 0 {
		return
	}
	m.AvgLatency = (m.AvgLatency*float64(m.Count) + t.AvgLatency*float64(calls)) / float64(m.Count+calls)
	m.MaxLatency = max(m.MaxLatency, t.MaxLatency)
	m.Count += calls
	m.Count4xx += share(t.Errors4xx, minutes, ago)
	m.Count5xx += share(t.Errors5xx, minutes, ago)
	m.CountError = m.Count4xx + m.Count5xx
	m.Count2xx = max(0, m.Count-m.CountError)
	m.Output += t.Output / int64(minutes)
	m.Input += t.Input / int64(minutes)
}

// share returns the part of a total for one minute. The parts of all minutes add up to the total.
func share(total, minutes, ago int) int {
	if ago > minutes {
		return 0
	}
	return total*ago/minutes - total*(ago-1)/minutes
}

func statistics(now time.Time, span int, minutes []minuteView) (reply, error) {
	end := now.UTC().Truncate(time.Minute)
	return ok(map[string]any{
		"code": "APIG.0000", "msg": "Success", "start_time": end.Add(-time.Duration(span) * time.Minute).Unix(),
		"end_time": end.Unix(), "list": minutes,
	})
}

func (l *loader) addTraffic(t traffic) error {
	l.traffic = append(l.traffic, t)
	return nil
}
