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

// set sets the field that a word of a rule names.
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
			return fmt.Errorf("%s needs a value; see apigw-sync emulator --help", name)
		}
		switch field := field.(type) {
		case *string:
			*field = value
		case *int:
			*field, err = positive(value)
		case *float64:
			*field, err = strconv.ParseFloat(value, 64)
			if err == nil && !(*field > 0 && *field <= 1) {
				err = fmt.Errorf("%s is not a number above 0 and up to 1", value)
			}
		case *time.Duration:
			*field, err = duration(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("%s: unknown word; see apigw-sync emulator --help", name)
}

// words yields, in order, the words that a rule can have in its text, each with a pointer to its field.
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

// check refuses rules that do nothing or contradict themselves.
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
		return fmt.Errorf("status: %d is not the status of an error; use 400 to 599", f.Status)
	case ways > 1:
		return errors.New("lost-reply, reset, refuse and torn cannot be combined; use one of them")
	case perItem && (ways > 0 || f.WrongType || f.Slow > 0 || f.After):
		return errors.New("bind and bind-id strike items of a batch, which can only fail with status, code and message")
	case (f.Reset || f.Refuse) && (answers || f.WrongType):
		return errors.New("reset and refuse send no answer; leave out status, code and wrong-type")
	case !answers && (f.Message != "" || f.After || f.RetryAfter > 0):
		return errors.New("message, after and retry-after need status or code")
	case !answers && !perItem && ways == 0 && !f.WrongType && f.Slow == 0:
		return errors.New("the rule does nothing; see apigw-sync emulator --help")
	}
	return nil
}

// String returns the rule in the form that ParseFault reads.
func (f Fault) String() string {
	var words []string
	for word, field := range f.words() {
		value := fieldText(field)
		if _, isFlag := field.(*bool); isFlag && value != "" {
			words = append(words, word)
			continue
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

// fieldText returns the text for a field of Fault or Behaviour, "" if it is zero.
func fieldText(pointer any) string {
	if reflect.ValueOf(pointer).Elem().IsZero() {
		return ""
	}
	switch field := pointer.(type) {
	case *bool:
		return "on"
	case *float64:
		return strconv.FormatFloat(*field, 'g', -1, 64)
	case *Lag:
		if field.Time == 0 {
			return strconv.Itoa(field.Reads)
		}
		return field.Time.String()
	}
	return fmt.Sprint(reflect.ValueOf(pointer).Elem())
}

func positive(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is not a positive number", s)
	}
	return n, nil
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s is not a duration such as 2s", s)
	}
	return d, nil
}

// split splits a rule at spaces. A value in double quotes can contain spaces.
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
				return nil, errors.New("a quotation mark is not closed")
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

// defaultMessage returns the message of an error whose rule does not have one.
func defaultMessage(status int, code string) string {
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
