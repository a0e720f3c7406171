package document

// Targets are the sections of a config file, in its order.
type Targets struct {
	Head
	Config  string         `json:"config"` // path of the file
	Targets []ListedTarget `json:"targets"`
	Problems
}

// ListedTarget is a target of a config file, including the defaults. What the file leaves out is "".
type ListedTarget struct {
	Target      string   `json:"target"`
	Region      string   `json:"region"`
	ProjectID   string   `json:"project_id"`
	InstanceID  string   `json:"instance_id"`
	Environment string   `json:"environment"` // of bindings that name none
	Endpoint    string   `json:"endpoint,omitempty"`
	Against     string   `json:"against,omitempty"` // the export that stands in for the gateway
	File        []string `json:"file"`
	Wave        *int     `json:"wave"` // targets with nil follow those with a number
	Production  bool     `json:"production"`
}

// EmptyTargets returns the document of a config file without targets.
func EmptyTargets(h Head) *Targets {
	return &Targets{Head: h, Targets: []ListedTarget{}, Problems: noProblems()}
}
