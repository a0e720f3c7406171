package sample

import "github.com/apigw-sync/apigw-sync/internal/report/document"

// Fleet returns a drift report about many targets, with one target in each state.
func Fleet() *document.Fleet {
	code := func(n int) *int { return &n }
	same := document.EmptyDrift(Head, Now)
	members := []document.Member{
		{Target: "staging", ExitCode: code(0), Document: same},
		{Target: "prod-eu", ExitCode: code(2), Document: Drift()},
		{Target: "prod-支付", ExitCode: code(1), Document: failedDrift()},
		{Target: "prod-us", Skipped: "wave 3 did not start"},
	}
	return document.NewFleet(Head, "drift", members)
}

// failedDrift returns a drift report of a run that failed.
func failedDrift() *document.Drift {
	d := document.EmptyDrift(Head, Now)
	d.Fail(document.Problem{Message: "ListInstances: 401 APIGW.0301: Incorrect IAM authentication information", Hint: "check the credentials"})
	return d
}

// PoisonedFleet returns a Fleet whose targets have hostile names and documents; n chooses the text, as for Poison.
func PoisonedFleet(n int) *document.Fleet {
	code := 2
	text := Hostile[n%len(Hostile)]
	d := Poison(Drift(), n)
	return document.NewFleet(Head, "drift", []document.Member{{Target: text, ExitCode: &code, Document: d}, {Target: "skipped", Skipped: text}})
}
