package api

import (
	"errors"
	"slices"
	"strings"
)

// Trouble is a group of error codes that mean the same to a person. The advice at the end of errors and on failed changes and the
// page on troubleshooting are made from it.
type Trouble struct {
	Title string // what happened, in a few words
	Codes []Code
	Tool  string // what apigw-sync does about it, in sentences
	You   string // what a person can do; a clause for the end of an error
	Again bool   // the same change may succeed when it is tried again
	Next  Next
}

// Next is the command to run after a failure.
type Next string

// The commands that can help.
const (
	Apply  Next = "apply"
	Diff   Next = "diff"
	Doctor Next = "doctor"
)

// Code is an error code of the gateway, or of the cloud's front door before it.
type Code struct {
	Code    string
	Status  int // HTTP status, as documented; 0 inside the answer of a batch
	Meaning string
}

// Advised is an error with advice, which is added to the end of its text.
type Advised struct {
	Err    error
	Advice string
}

func (a *Advised) Error() string { return a.Err.Error() + "; " + a.Advice }

func (a *Advised) Unwrap() error { return a.Err }

// SplitAdvice splits the text of an error into its message and the advice about it; advice is "" if there is none.
func SplitAdvice(err error) (message, advice string) {
	message = err.Error()
	if a, ok := errors.AsType[*Advised](err); ok {
		return strings.TrimSuffix(message, "; "+a.Advice), a.Advice
	}
	return message, Advice(err)
}

// Advice is what a person can do about an error of the gateway; "" if that is not known.
func Advice(err error) string {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return ""
	}
	if t := TroubleOf(e.Status, e.Code); t != nil {
		return t.You
	}
	return ""
}

// StatusOf is the HTTP status of an error code, for gateways that send the code with another status: the documented one, else
// that of the range of the code. It is 500 for unknown codes, since they do not tell whether anything was done.
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
		{"APIG.10", 401},
		{"APIG.1", 403},
		{"APIG.2", 400},
		{"APIG.30", 404},
		{"APIG.31", 403},
		{"APIG.32", 400},
		{"APIG.33", 400},
		{"APIG.34", 409},
		{"APIG.36", 400},
		{"APIG.37", 409},
		{"APIC.71", 403},
		{"APIC.73", 403},
		{"APIC.72", 400},
		{"APIC.77", 409},
	} {
		if strings.HasPrefix(code, r.prefix) {
			return r.status
		}
	}
	return 500
}

// Remedy is the trouble that a request has met. You is "" if only the message can say what to do.
func Remedy(err error) Trouble {
	e, answered := errors.AsType[*Error](err)
	var t *Trouble
	if answered {
		t = TroubleOf(e.Status, e.Code)
	}
	out := Trouble{Title: "The gateway refuses the request", Next: Diff}
	switch {
	case t != nil:
		out = *t
	case errors.Is(err, ErrNotSent):
		out = Trouble{Title: "The request was not sent", Again: true, Next: Apply}
	case Unclear(err):
		out = Trouble{Title: "There was no usable answer", Again: true, Next: Apply}
	}
	if _, said := SplitAdvice(err); said != "" {
		out.You = said
	}
	return out
}

// TroubleOf is the trouble of an error code, or of an HTTP status (0: not known) if the code belongs to none; nil if neither does.
func TroubleOf(status int, code string) *Trouble {
	for i := range Troubles {
		if Troubles[i].has(code) {
			return &Troubles[i]
		}
	}
	like := ""
	switch {
	case status == 401:
		like = "APIG.1000"
	case status == 403 && (strings.HasPrefix(code, "APIG.1") || strings.HasPrefix(code, "APIC.7")):
		like = "APIC.7300"
	case strings.HasPrefix(code, "APIG.31"):
		like = "APIG.3100"
	case strings.HasPrefix(code, "APIG.32"), strings.HasPrefix(code, "APIG.33"):
		like = "APIG.3309"
	case status == 429:
		like = "APIGW.0308"
	case status >= 500:
		like = "APIG.9999"
	}
	if like == "" {
		return nil
	}
	return TroubleOf(0, like)
}

func (t *Trouble) has(code string) bool {
	return slices.ContainsFunc(t.Codes, func(c Code) bool { return c.Code == code })
}
