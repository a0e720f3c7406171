package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestNoServerBytes checks that bytes which a gateway sends out of turn are never shown, whichever library reports
// them: an unrequested answer on an idle connection, and an answer that is not HTTP.
func TestNoServerBytes(t *testing.T) {
	const secret = "app_secret=Sup3rSecretValue"
	for name, late := range map[string]string{
		"unasked": "HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n" + secret,
		"no HTTP": secret + "\r\n\r\n",
		"header":  "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n",
		"length":  "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				go answerAndMore(conn, n.Add(1), late)
			}))
			defer server.Close()
			cmd := exec.Command("apigw-sync", "doctor", "-f", "gateway.yaml", "--verbose", "--request-timeout", "1s", "--timeout", "2s",
				"--endpoint", server.URL, "--project-id", "p", "--instance-id", "i")
			cmd.Dir = stoppedDir(t)
			cmd.Env = append(cmd.Environ(), "APIGW_SYNC_TOKEN=some-token-of-iam")
			var told bytes.Buffer
			cmd.Stdout, cmd.Stderr = &told, &told
			_ = cmd.Run() // the exit code does not matter
			if strings.Contains(told.String(), "Sup3r") {
				t.Errorf("shown:\n%s", &told)
			}
			if !strings.Contains(told.String(), "msg=request") {
				t.Errorf("nothing was asked:\n%s", &told)
			}
		})
	}
}

// answerAndMore sends the bytes in late on a connection, after a valid answer for every odd n and without one for
// every even n.
func answerAndMore(conn net.Conn, n int64, late string) {
	defer func() { _ = conn.Close() }()
	if n%2 == 1 {
		_, _ = fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		time.Sleep(20 * time.Millisecond)
	}
	_, _ = fmt.Fprint(conn, late)
	time.Sleep(100 * time.Millisecond)
}
