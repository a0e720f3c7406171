package apply

import (
	"context"
	"errors"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// outcome is what became of one item of a step.
type outcome struct {
	status    Status // "" while the step has not run
	attempts  int
	failure   *Failure
	bindID    string
	waitedFor string
	note      string
	newID     string // of a link that was bound
	mayBeDone bool   // an earlier attempt may have been carried out, whatever the gateway answered later
}

// job is one item of a step while the step runs.
type job struct {
	diff.Item
	change    *diff.Change // nil for an unbind or bind that only serves another job, and that no change shows
	out       *outcome
	unplanned []string    // addresses of policies that have the slot of this bind, and that the plan does not displace
	blocking  []*job      // unbinds of the links that have the slot of this bind
	elsewhere []kind.Link // links in other slots of the target of this bind
}

// withAddresses adds the addresses to a request that it concerns: of the links for binds and unbinds, else of the changes.
func withAddresses(q api.Request, work ...*job) api.Request {
	q.About = make([]string, len(work))
	for i, j := range work {
		if j.Link.Kind != "" {
			q.About[i] = j.Link.Address()
		} else {
			q.About[i] = j.change.Address
		}
	}
	return q
}

func (j *job) succeed(note string) { j.out.status, j.out.failure, j.out.note = Succeeded, nil, note }

// fail records that the change did not happen because of err; words add to its message. A change of which nothing was sent
// because the run was stopped counts as skipped.
func (j *job) fail(err error, words ...string) {
	if j.out.attempts == 0 && errors.Is(err, api.ErrNotSent) && stopped(err) {
		j.out.status = Skipped
		return
	}
	j.out.status, j.out.failure = Failed, failure(err, words...)
}

// refusesInput reports whether the gateway refused the body of a request, such as for members that it does not accept.
func (j *job) refusesInput() bool {
	f := j.out.failure
	return j.out.status == Failed && f.HTTPStatus == 400 && strings.HasPrefix(f.ErrorCode, "APIG.20")
}

// unknown records that it is not known whether the change happened.
func (j *job) unknown(err error, words string) {
	j.out.status, j.out.failure = Unknown, failure(err, words)
}

// readFailed records that the outcome is unknown because reading failed.
func (j *job) readFailed(err, reading error) {
	j.unknown(err, "its state could not be read afterwards ("+reading.Error()+")")
}

// failOrUnknown records that no list shows a change. It failed if the gateway answered the request; otherwise it is unknown,
// since lists may show it later.
func (j *job) failOrUnknown(err error) {
	if answered(err) || errors.Is(err, api.ErrNotSent) {
		j.fail(err)
		return
	}
	j.unknown(err, "no list shows it yet")
}

// refused records the error that the gateway returns for one item of a batch.
func (j *job) refused(code, message string) {
	j.out.status, j.out.failure = Failed, &Failure{ErrorCode: code, ErrorMsg: message, Trouble: api.Remedy(&api.Error{Code: code})}
}

// failWithLoss records that a change did not happen, but has caused a loss.
func (j *job) failWithLoss(what string) {
	if j.out.failure == nil {
		j.out.failure = &Failure{} // the job was skipped because the run was stopped
	}
	j.out.status = Failed
	j.out.failure.add(what)
}

// noteMayBeDone notes that an attempt at some jobs may have been carried out: one that was repeated, or whose outcome is unclear.
func noteMayBeDone(work []*job, attempts int, err error) {
	for _, j := range work {
		j.out.mayBeDone = j.out.mayBeDone || attempts > 1 || api.Unclear(err)
	}
}

// countAttempts adds the attempts of one request to each change that it served.
func countAttempts(work []*job, attempts int) {
	counted := map[*diff.Change]bool{}
	for _, j := range work {
		if j.change == nil || !counted[j.change] {
			j.out.attempts += attempts
		}
		counted[j.change] = true
	}
}

func links(work []*job) []kind.Link {
	out := make([]kind.Link, len(work))
	for i, j := range work {
		out[i] = j.Link
	}
	return out
}

func answered(err error) bool {
	_, ok := errors.AsType[*api.Error](err)
	return ok
}

func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func failure(err error, words ...string) *Failure {
	message, _ := api.SplitAdvice(err)
	f := &Failure{ErrorMsg: message, Trouble: api.Remedy(err)}
	if e, ok := errors.AsType[*api.Error](err); ok {
		f.HTTPStatus, f.ErrorCode, f.ErrorMsg, f.RequestID = e.Status, e.Code, e.Message, e.RequestID
	}
	for _, w := range words {
		f.add(w)
	}
	return f
}

// add adds to the message.
func (f *Failure) add(words string) {
	if f.ErrorMsg != "" {
		f.ErrorMsg += "; "
	}
	f.ErrorMsg += words
}
