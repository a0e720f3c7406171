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

func (t *Trouble) has(code string) bool {
	for _, c := range t.Codes {
		if c.Code == code {
			return true
		}
	}
	return false
}
