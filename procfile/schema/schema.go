package schema

import "devgate/procfile"

// draft is the version of JSON Schema that is written.
const draft = "https://json-schema.org/draft/2020-12/schema"

// File is the schema's name in the folder for run state, and Line names it to editors,
// at the top of a Devgatefile.
const (
	File = "schema.json"
	Line = "#:schema .devgate/" + File
)

// The names under $defs.
const (
	serviceDef = "service"
	keysDef    = "keys" // of a service, without what has to hold between them
)

// reference is a schema that is written at the end, under $defs.
func reference(name string) member { return member{"$ref", "#/$defs/" + name} }

// JSON is the schema of a Devgatefile, for people and programs, with a newline at its
// end.
func JSON() []byte { return append(appendJSON(nil, devgatefile(), 0), '\n') }

// devgatefile accepts a whole file.
func devgatefile() object {
	return object{
		{"$schema", draft},
		{"title", "Devgatefile"},
		{"description", "The servers of a project, which devgate starts and puts behind one port. A table is a service; the order of the tables is the order in which they are asked"},
		{"type", "object"},
		{"propertyNames", ofForm(procfile.NameForm())},
		{"properties", topLevel()},
		{"additionalProperties", object{reference(serviceDef)}},
		{"if", defaultsSayWhatRuns()},
		{"else", servicesSayWhatRuns()},
		{"$defs", object{{serviceDef, service()}, {keysDef, ofKeys(procfile.ServiceKeys())}}},
	}
}

// topLevel are the names at the top that are not free for services. What is a table is
// a service and what is a value is a key, also where both have the same name.
func topLevel() object {
	var all object
	for _, k := range procfile.FileKeys() {
		all = all.with(k.Name, ofKey(k, object{reference(serviceDef)}))
	}
	env := object{{"description", "variables for every service that devgate starts"}}
	all = all.with("env", append(env, ofForms(procfile.VariablesType().Forms)...))
	all = all.with("defaults", object{{"description", "keys for every service on which they can have an effect; its own win"}, reference(keysDef)})
	for _, name := range procfile.ReservedNames() {
		all = all.with(name, false)
	}
	return all
}

// service accepts the table of one, with what has to hold between its own keys
// whatever [defaults] says.
func service() object {
	task := object{{"required", list{"once"}}, {"properties", object{{"once", object{{"enum", list{true}}}}}}}
	return object{
		{"description", "a server or another program: `command` or `url`, and never both"},
		reference(keysDef),
		{"dependentSchemas", object{{"url", without(procfile.ScopeStarted)}}},
		{"if", task},
		{"then", without(procfile.ScopeAsked)},
	}
}

// without refuses the keys that have an effect only on some services.
func without(scope procfile.Scope) object {
	var keys object
	for _, k := range procfile.ServiceKeys() {
		if k.Scope == scope {
			keys = keys.with(k.Name, false)
		}
	}
	return object{{"properties", keys}}
}

// saysWhatRuns accepts a table with a command or a url.
func saysWhatRuns() object {
	return anyOf(object{{"required", list{"command"}}}, object{{"required", list{"url"}}})
}

// defaultsSayWhatRuns accepts a file whose services need not say what they run.
func defaultsSayWhatRuns() object {
	return object{{"required", list{"defaults"}}, {"properties", object{{"defaults", saysWhatRuns()}}}}
}

// servicesSayWhatRuns accepts a file whose services all say what they run.
func servicesSayWhatRuns() object {
	isService := object{{"if", object{{"type", "object"}}}, {"then", saysWhatRuns()}}
	return object{{"properties", object{{"env", true}, {"defaults", true}}}, {"additionalProperties", isService}}
}
