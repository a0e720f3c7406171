// Meddle does to a gateway what somebody in a hurry does in a web console: it raises the limit of a
// throttle, takes an ACL off an API, and leaves an object behind that no file declares. It speaks plain
// HTTP, with nothing of apigw-sync in between.
//
// It reads the address that "apigw-sync emulator" hands to the commands it runs.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	err := meddle(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "meddle:", err)
		os.Exit(1)
	}
}

func meddle(ctx context.Context) error {
	g := gateway{
		base:  os.Getenv("APIGW_SYNC_ENDPOINT") + "/v2/" + os.Getenv("APIGW_SYNC_PROJECT_ID") + "/apigw/instances/" + os.Getenv("APIGW_SYNC_INSTANCE_ID"),
		token: os.Getenv("APIGW_SYNC_TOKEN"),
	}
	return errors.Join(
		g.raiseLimit(ctx, "orders_basic", 5000),
		g.unbindACL(ctx, "orders_office"),
		g.leaveThrottle(ctx, "orders_test"),
	)
}

type gateway struct{ base, token string }

func (g gateway) raiseLimit(ctx context.Context, name string, limit int) error {
	var list struct {
		Throttles []map[string]any `json:"throttles"`
	}
	if err := g.call(ctx, http.MethodGet, "/throttles?name="+url.QueryEscape(name), nil, &list); err != nil {
		return err
	}
	if len(list.Throttles) != 1 {
		return fmt.Errorf("%d throttles are called %s", len(list.Throttles), name)
	}
	t := list.Throttles[0]
	id := t["id"]
	for _, k := range []string{"id", "bind_num", "create_time", "is_inclu_special_throttle"} { // of the answer alone
		delete(t, k)
	}
	t["api_call_limits"], t["remark"] = limit, "was too low on Monday"
	fmt.Printf("PUT    throttles/…      %s now lets %d calls a second pass\n", name, limit)
	return g.call(ctx, http.MethodPut, fmt.Sprintf("/throttles/%v", id), t, nil)
}

func (g gateway) unbindACL(ctx context.Context, name string) error {
	var acls struct {
		ACLs []struct {
			ID string `json:"id"`
		} `json:"acls"`
	}
	if err := g.call(ctx, http.MethodGet, "/acls?name="+url.QueryEscape(name), nil, &acls); err != nil {
		return err
	}
	if len(acls.ACLs) != 1 {
		return fmt.Errorf("%d ACLs are called %s", len(acls.ACLs), name)
	}
	var bound struct {
		APIs []struct {
			ID  string `json:"bind_id"`
			API string `json:"api_name"`
		} `json:"apis"`
	}
	if err := g.call(ctx, http.MethodGet, "/acl-bindings/binded-apis?acl_id="+acls.ACLs[0].ID, nil, &bound); err != nil {
		return err
	}
	if len(bound.APIs) == 0 {
		return fmt.Errorf("%s is bound to nothing", name)
	}
	fmt.Printf("DELETE acl-bindings/…   %s no longer guards %s\n", name, bound.APIs[0].API)
	return g.call(ctx, http.MethodDelete, "/acl-bindings/"+bound.APIs[0].ID, nil, nil)
}

func (g gateway) leaveThrottle(ctx context.Context, name string) error {
	fmt.Printf("POST   throttles        %s, a try-out, is left behind\n", name)
	return g.call(ctx, http.MethodPost, "/throttles", map[string]any{
		"name": name, "type": 1, "time_interval": 1, "time_unit": "MINUTE", "api_call_limits": 10,
	}, nil)
}

func (g gateway) call(ctx context.Context, method, path string, body, reply any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		raw = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, g.base+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("X-Auth-Token", g.token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	raw, err = io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, raw)
	}
	if reply == nil {
		return nil
	}
	return json.Unmarshal(raw, reply)
}
