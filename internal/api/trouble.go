package api

import (
	"errors"
	"strings"
)

// Trouble is a family of error codes that mean the same to a person. The last words of errors and the page
// on troubleshooting both come from here.
type Trouble struct {
	Title string // a few words
	Codes []Code
	Tool  string // what apigw-sync does about it by itself, in sentences
	You   string // what a person can do; a clause that ends an error
}

// Code is an error code of the gateway, or of the cloud's front door before it.
type Code struct {
	Code    string
	Status  int // HTTP status, as documented; 0 inside the answer of a batch
	Meaning string
}

// Advised is an error with what its reader can do about it, which are its last words.
type Advised struct {
	Err    error
	Advice string
}

func (a *Advised) Error() string { return a.Err.Error() + "; " + a.Advice }

func (a *Advised) Unwrap() error { return a.Err }

// Advice is what a person can do about an error that a gateway answered; "" when that is not known.
func Advice(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	for i := range Troubles {
		if Troubles[i].has(e.Code) {
			return Troubles[i].You
		}
	}
	switch {
	case e.Status == 401:
		return rejected
	case e.Status == 403 && (strings.HasPrefix(e.Code, "APIG.1") || strings.HasPrefix(e.Code, "APIC.7")):
		return forbidden
	case e.Status == 403 && strings.HasPrefix(e.Code, "APIG.31"):
		return full
	case e.Status >= 500 && !Throttled(e):
		return inside
	}
	return ""
}

// StatusOf is the HTTP status that an error code means, for gateways that send it with another: as it is documented,
// else by the range of the code. 500 stands for codes that say nothing about what was done.
func StatusOf(code string) int {
	for i := range Troubles {
		for _, c := range Troubles[i].Codes {
			if c.Code == code && c.Status > 0 {
				return c.Status
			}
		}
	}
	for _, r := range []struct {
		prefix string
		status int
	}{
		{"APIG.10", 401}, {"APIG.1", 403}, {"APIG.2", 400}, {"APIG.30", 404}, {"APIG.31", 403}, {"APIG.32", 400}, {"APIG.33", 400},
		{"APIG.34", 409}, {"APIG.36", 400}, {"APIG.37", 409}, {"APIC.71", 403}, {"APIC.73", 403}, {"APIC.72", 400}, {"APIC.77", 409},
	} {
		if strings.HasPrefix(code, r.prefix) {
			return r.status
		}
	}
	return 500
}

func (t *Trouble) has(code string) bool {
	for _, c := range t.Codes {
		if c.Code == code {
			return true
		}
	}
	return false
}
