package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// Transport serves requests inside the process, without a socket. Lost answers and resets appear as errors of a broken
// connection. If the context of a request ends, RoundTrip returns its error, but the gateway still carries the request out. It is
// safe for concurrent use.
func Transport(g *Gateway) http.RoundTripper { return transport{g} }

type transport struct{ g *Gateway }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	defer r.Body.Close() //nolint:errcheck // nothing was written to it
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Host == "" {
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
	}
	a := t.g.serve(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	switch a.outcome {
	case lost:
		return nil, io.ErrUnexpectedEOF
	case reset:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case refusedConn:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	answer := &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}
	if a.outcome == torn {
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), broken{}))
	}
	return answer, nil
}

// broken stands for the missing rest of a torn body: reading it fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Listen serves the gateway on an address of the loopback interface, such as 127.0.0.1:0, until ctx ends. It returns
// the base URL. wait blocks until the server has stopped, and returns the reason unless that is the end of ctx. Other
// addresses are refused, because the gateway uses HTTP without encryption.
func (g *Gateway) Listen(ctx context.Context, addr string) (url string, wait func() error, err error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return "", nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", nil, fmt.Errorf("listen on %q: not a loopback address", addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)} // the log would contain parts of requests
	context.AfterFunc(ctx, func() { _ = server.Close() })                                                    // nobody waits for the answers to requests in flight
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	wait = func() error {
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
	return "http://" + listener.Addr().String(), wait, nil
}
