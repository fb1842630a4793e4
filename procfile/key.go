package procfile

// Key describes one key of the language. All that is known of it stands in its
// row of the table (table.go): what is read, what is documented, what a schema
// of the language says, and what is compared when a file is saved anew.
type Key struct {
	Name string
	Type Type

	// Default is what holds where the key is not written, as it would be written:
	// a bool, an int64, a string or a list of int64. Nil where there is no such value;
	// then Unset says in words what holds, and "" that one has to be written.
	Default any
	Unset   string

	Group Group  // where docs/devgatefile.md describes it
	Scope Scope  // of a service's key: which services it can have an effect on
	Needs string // of a service's key: another one, without which it has no effect; "" for none

	// Placeholders: its texts may hold placeholders, for [Expand].
	Placeholders bool

	// NewProcess: another value makes a new process necessary; of a top-level key,
	// of every service. All others take effect while the process runs.
	NewProcess bool

	// Doc is its meaning in one line of Markdown.
	Doc string
}

// Group is a part of the reference, docs/devgatefile.md.
type Group int

// The groups, in the order of the reference.
const (
	GroupFile     Group = iota // keys of the whole file
	GroupRun                   // what a service runs
	GroupLife                  // when it starts, restarts and stops
	GroupRequests              // which requests it gets
	GroupReady                 // keys of a ready table
)

// Scope is the services that a key can have an effect on.
type Scope int

// The scopes. The zero value is all services.
const (
	ScopeAll     Scope = iota
	ScopeStarted       // those that devgate starts: no remote service
	ScopeAsked         // those that requests reach: backends and remote services
)

// Type is what may stand at a key.
type Type struct {
	Label string // for people: "duration", "list of globs"
	Forms []Form // a value has one of these
}

// Shape is the kind of a value in TOML.
type Shape int

// The shapes.
const (
	Text Shape = iota
	Integer
	Float
	Boolean
	Date // with or without a time
	List
	Table
)

// Form is one way to write a value. It accepts all that [Parse] does, and refuses
// what a schema can: that a pattern compiles, or a service exists, only Parse knows.
type Form struct {
	Shape Shape

	// Of a Text. Words are the only ones; Pattern is a regular expression in what
	// RE2 and ECMA-262 have in common, which is found in each. What names the kind of
	// text ("duration", "glob", "service"); "" is any.
	Words   []string
	Pattern string
	What    string

	Min, Max int64   // of an Integer
	Except   []int64 // of an Integer: values between Min and Max that it has not
	Items    []Form  // of a List: each item has one of these
	AtLeast  int     // of a List: how many items it has
	Keys     []Key   // of a Table: the keys that it may have
	Names    string  // of a Table without Keys: a Pattern for its keys
	Values   []Form  // of a Table without Keys: each value has one of these
}
