package schema

import (
	"bytes"
	"encoding/json"
	"fmt"

	"devgate/procfile"
)

// Draft is the version of JSON Schema that is written.
const Draft = "https://json-schema.org/draft/2020-12/schema"

// The names under $defs.
const (
	serviceDef = "service"
	keysDef    = "keys" // of a service, without what has to hold between them
)

// JSON is the schema of a Devgatefile, for people and programs, with a newline at its
// end.
func JSON() []byte {
	text, err := encode(devgatefile())
	var b bytes.Buffer
	if err == nil {
		err = json.Indent(&b, text, "", "  ")
	}
	if err != nil {
		panic(fmt.Sprintf("write schema: %v", err)) // texts and numbers can be written
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// devgatefile accepts a whole file. What is a table is a service and what is a value
// is a key, also where both have the same name.
func devgatefile() *node {
	root := &node{
		Schema: Draft, Title: "Devgatefile",
		Description:   "The servers of a project, which devgate starts and puts behind one port. A table is a service; the order of the tables is the order in which they are asked",
		Type:          "object",
		PropertyNames: ofForm(procfile.NameForm()),
		Additional:    reference(serviceDef),
	}
	for _, k := range procfile.FileKeys() {
		root.Properties.add(k.Name, ofKey(k, reference(serviceDef)))
	}
	env := ofForms(procfile.VariablesType().Forms)
	env.Description = "variables for every service that devgate starts"
	root.Properties.add("env", env)
	root.Properties.add("defaults", &node{Description: "keys for every service on which they can have an effect; its own win", Ref: reference(keysDef).Ref})
	for _, name := range procfile.ReservedNames() {
		root.Properties.add(name, nothing())
	}
	root.If, root.Else = defaultsSayWhatRuns(), servicesSayWhatRuns()
	root.Defs.add(serviceDef, service())
	root.Defs.add(keysDef, ofKeys(procfile.ServiceKeys()))
	return root
}

// service accepts the table of one, with what has to hold between its own keys
// whatever [defaults] says.
func service() *node {
	task := &node{Required: []string{"once"}}
	task.Properties.add("once", &node{Enum: []any{true}})
	n := &node{
		Description: "a server or another program: `command` or `url`, and never both",
		Ref:         reference(keysDef).Ref,
		If:          task, Then: without(procfile.ScopeAsked),
	}
	n.DependentSchemas.add("url", without(procfile.ScopeStarted))
	return n
}

// without refuses the keys that have an effect only on some services.
func without(scope procfile.Scope) *node {
	n := &node{}
	for _, k := range procfile.ServiceKeys() {
		if k.Scope == scope {
			n.Properties.add(k.Name, nothing())
		}
	}
	return n
}

// saysWhatRuns accepts a table with a command or a url.
func saysWhatRuns() *node {
	return anyOf(&node{Required: []string{"command"}}, &node{Required: []string{"url"}})
}

// defaultsSayWhatRuns accepts a file whose services need not say what they run.
func defaultsSayWhatRuns() *node {
	n := &node{Required: []string{"defaults"}}
	n.Properties.add("defaults", saysWhatRuns())
	return n
}

// servicesSayWhatRuns accepts a file whose services all say what they run.
func servicesSayWhatRuns() *node {
	n := &node{Additional: &node{If: &node{Type: "object"}, Then: saysWhatRuns()}}
	n.Properties.add("env", &node{})
	n.Properties.add("defaults", &node{})
	return n
}
