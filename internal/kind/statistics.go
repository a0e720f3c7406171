package kind

import (
	"cmp"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
)

// Statistics are the numbers of calls in the last hour, by minute. Minutes without calls may be missing. API reference:
// "Querying API Statistics of the Last Hour".
type Statistics struct {
	List []struct {
		At     int64  `json:"current_minute"` // Unix seconds
		Calls  int64  `json:"req_count"`
		Errors int64  `json:"req_count_error"`
		Cycle  string `json:"cycle"` // MINUTE; entries with HOUR or DAY are sums of other entries
	} `json:"list"`
}

// Minute is one minute of traffic.
type Minute struct {
	At     time.Time `json:"at"`
	Calls  int64     `json:"calls"`
	Errors int64     `json:"errors"`
}

// Minutes returns the minutes with calls, oldest first. Several entries for one minute are added up.
func (s *Statistics) Minutes() (out []Minute) {
	at := map[int64]int{}
	for _, m := range s.List {
		if m.Cycle != "" && m.Cycle != "MINUTE" || m.Calls == 0 && m.Errors == 0 {
			continue
		}
		i, ok := at[m.At]
		if !ok {
			i = len(out)
			at[m.At] = i
			out = append(out, Minute{At: time.Unix(m.At, 0).UTC()})
		}
		out[i].Calls += m.Calls
		out[i].Errors += m.Errors
	}
	slices.SortFunc(out, func(a, b Minute) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	return out
}

// GroupStatistics asks for the calls of an API group in the last hour.
func GroupStatistics(id string) api.Request {
	return api.Request{Operation: "ListLatelyGroupStatisticsV2", Method: "GET", Path: []string{"statistics", "group", "latest"}, Query: query("group_id", id)}
}

// APIStatistics asks for the calls of an API in the last hour.
func APIStatistics(id string) api.Request {
	return api.Request{Operation: "ListLatelyApiStatisticsV2", Method: "GET", Path: []string{"statistics", "api", "latest"}, Query: query("api_id", id, "duration", "1h")}
}
