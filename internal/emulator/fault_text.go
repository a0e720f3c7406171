package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ParseFault reads a fault in the form that FaultHelp shows, such as
//
//	op=CreateAcl* every=5 count=3 status=500 code=APIG.9999
//
// A fault that would do nothing is an error.
func ParseFault(text string) (Fault, error) {
	var f Fault
	words, err := split(text)
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	for _, w := range words {
		name, value, hasValue := strings.Cut(w, "=")
		if err := f.set(name, value, hasValue); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if err := f.check(); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

// set takes over one word of a rule.
func (f *Fault) set(name, value string, hasValue bool) error {
	if on := f.flags()[name]; on != nil {
		if hasValue {
			return fmt.Errorf("%s takes no value", name)
		}
		*on = true
		return nil
	}
	if !hasValue || value == "" {
		return fmt.Errorf("%s: not a flag, and without a value; see the help on faults", name)
	}
	var err error
	switch name {
	case "op":
		f.Op = value
	case "bind":
		f.Bind = value
	case "bind-id":
		f.BindID = value
	case "code":
		f.Code = value
	case "message":
		f.Message = value
	case "skip":
		f.Skip, err = positive(value)
	case "every":
		f.Every, err = positive(value)
	case "count":
		f.Count, err = positive(value)
	case "p":
		f.P, err = strconv.ParseFloat(value, 64)
		if err == nil && !(f.P > 0 && f.P <= 1) {
			err = fmt.Errorf("%s is not above 0 and up to 1", value)
		}
	case "status":
		f.Status, err = positive(value)
		if err == nil && (f.Status < 400 || f.Status > 599) {
			err = fmt.Errorf("%s is no status of an error", value)
		}
	case "retry-after":
		f.RetryAfter, err = duration(value)
	case "slow":
		f.Slow, err = duration(value)
	default:
		return fmt.Errorf("%s: unknown; see the help on faults", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// flags are the words without a value.
func (f *Fault) flags() map[string]*bool {
	return map[string]*bool{
		"after": &f.After, "lost-reply": &f.LostReply, "reset": &f.Reset, "refuse": &f.Refuse, "torn": &f.Torn,
		"wrong-type": &f.WrongType,
	}
}

// check refuses rules that do nothing or that contradict themselves.
func (f Fault) check() error {
	answers := f.Status != 0 || f.Code != ""
	perItem := f.Bind != "" || f.BindID != ""
	ways := 0
	for _, on := range []bool{f.LostReply, f.Reset, f.Refuse, f.Torn} {
		if on {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("lost-reply, reset, refuse and torn exclude each other")
	case perItem && (ways > 0 || f.WrongType || f.Slow > 0 || f.After):
		return errors.New("an item of a batch can only fail with a code")
	case (f.Reset || f.Refuse) && (answers || f.WrongType):
		return errors.New("a broken connection has no answer")
	case !answers && (f.Message != "" || f.After || f.RetryAfter > 0):
		return errors.New("message, after and retry-after need a status or code")
	case !answers && !perItem && ways == 0 && !f.WrongType && f.Slow == 0:
		return errors.New("nothing happens; see the help on faults")
	}
	return nil
}

// String is the rule as ParseFault reads it.
func (f Fault) String() string {
	var words []string
	say := func(name, value string) {
		if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '"' }) {
			value = strconv.Quote(value)
		}
		words = append(words, name+"="+value)
	}
	for _, w := range []struct{ name, value string }{
		{"op", f.Op},
		{"bind", f.Bind},
		{"bind-id", f.BindID},
		{"skip", nonzero(f.Skip)},
		{"every", nonzero(f.Every)},
		{"count", nonzero(f.Count)},
		{"status", nonzero(f.Status)},
		{"code", f.Code},
		{"message", f.Message},
	} {
		if w.value != "" {
			say(w.name, w.value)
		}
	}
	if f.P > 0 {
		say("p", strconv.FormatFloat(f.P, 'g', -1, 64))
	}
	if f.RetryAfter > 0 {
		say("retry-after", f.RetryAfter.String())
	}
	if f.Slow > 0 {
		say("slow", f.Slow.String())
	}
	flags := f.flags()
	for _, name := range []string{"after", "lost-reply", "reset", "refuse", "torn", "wrong-type"} {
		if *flags[name] {
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}

func nonzero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func positive(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is no positive number", s)
	}
	return n, nil
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s is no duration such as 2s", s)
	}
	return d, nil
}

// split cuts a rule at spaces; a value in double quotes may hold some.
func split(text string) ([]string, error) {
	var words []string
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if at := strings.Index(word, `="`); at >= 0 {
			quoted, err := strconv.QuotedPrefix(rest[at+1:])
			if err != nil {
				return nil, errors.New("a quote is not closed")
			}
			plain, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			end = at + 1 + len(quoted)
			word = rest[:at+1] + plain
		}
		words = append(words, word)
		rest = rest[end:]
	}
	return words, nil
}

// plausible is the text of an error whose rule gives none.
func plausible(status int, code string) string {
	switch {
	case code == "APIGW.0308":
		return "The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 second"
	case code == "APIG.9008":
		return "Too many requests, please try again later"
	case code == "APIG.3500":
		return "Failed to synchronize data to the configuration store"
	case status >= http.StatusInternalServerError:
		return "System error"
	}
	return http.StatusText(status)
}
