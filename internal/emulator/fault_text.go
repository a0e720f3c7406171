package emulator

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"reflect"
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
func (f *Fault) set(name, value string, hasValue bool) (err error) {
	for word, field := range f.words() {
		if word != name {
			continue
		}
		if flag, isFlag := field.(*bool); isFlag {
			if *flag = true; hasValue {
				return fmt.Errorf("%s takes no value", name)
			}
			return nil
		}
		if value == "" {
			return fmt.Errorf("%s: without a value; see the help on faults", name)
		}
		switch field := field.(type) {
		case *string:
			*field = value
		case *int:
			*field, err = positive(value)
		case *float64:
			*field, err = strconv.ParseFloat(value, 64)
			if err == nil && !(*field > 0 && *field <= 1) {
				err = fmt.Errorf("%s is not above 0 and up to 1", value)
			}
		case *time.Duration:
			*field, err = duration(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("%s: unknown; see the help on faults", name)
}

// words are the fields of a rule, as pointers, by the words that stand for them, in their order.
func (f *Fault) words() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		v := reflect.ValueOf(f).Elem()
		for i := range v.NumField() {
			if !yield(v.Type().Field(i).Tag.Get("word"), v.Field(i).Addr().Interface()) {
				return
			}
		}
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
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("status: %d is no status of an error", f.Status)
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
	for word, field := range f.words() {
		value := ""
		switch field := field.(type) {
		case *bool:
			if *field {
				words = append(words, word)
			}
		case *string:
			value = *field
		case *int:
			value = nonzero(*field)
		case *float64:
			if *field > 0 {
				value = strconv.FormatFloat(*field, 'g', -1, 64)
			}
		case *time.Duration:
			if *field > 0 {
				value = field.String()
			}
		}
		if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '"' }) {
			value = strconv.Quote(value)
		}
		if value != "" {
			words = append(words, word+"="+value)
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
