package procfile

import (
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// This file is the table of the language, a row a key. A new key is a row here
// and whatever acts on it: from the rows come what is read, the defaults, hints
// in messages, the rows of docs/devgatefile.md, and what a saved file is compared
// by with the one before.

// none is how the reference says that nothing holds without a key.
const none = "none"

// fileKeys are the top-level keys.
var fileKeys = sync.OnceValue(func() rows[*File] {
	return rows[*File]{
		{Key: Key{Name: "name", Unset: "name of the folder", Doc: "name of the project"},
			field: fieldOf(projectName(), "", func(f *File) *string { return &f.Name })},
		{Key: Key{Name: "port", NewProcess: true, Doc: "the gateway's port. `\"auto\"`: one that stays the same for this checkout"},
			field: fieldOf(portOrAuto(), Port{Number: DefaultPort}, func(f *File) *Port { return &f.Port })},
		{Key: Key{Name: "host", NewProcess: true, Doc: "what the gateway listens on. `\"localhost\"` is 127.0.0.1 and ::1"},
			field: fieldOf(host(), DefaultHost, func(f *File) *string { return &f.Host })},
		{Key: Key{Name: "hosts", Unset: none, Doc: "further Host names to accept. `\"*.shop.test\"` accepts all names below `shop.test`"},
			field: fieldOf(hosts(), nil, func(f *File) *[]string { return &f.Hosts })},
		{Key: Key{Name: "static", Unset: none, Doc: "its files are tried after every backend"},
			field: fieldOf(folder(), "", func(f *File) *string { return &f.Static })},
		{Key: Key{Name: "hold", Doc: "how long a request waits for a backend that starts. `\"0s\"`: not at all"},
			field: fieldOf(duration(0), DefaultHold, func(f *File) *time.Duration { return &f.Hold })},
		{Key: Key{Name: "not_found", Doc: "what a browser gets when all say 404: a page that says who was asked, or the last 404"},
			field: fieldOf(enum[NotFound](), NotFoundExplain, func(f *File) *NotFound { return &f.NotFound })},
		{Key: Key{Name: "speculate", Doc: "ask several backends at once where that saves time and cannot change the answer"},
			field: fieldOf(boolean(), true, func(f *File) *bool { return &f.Speculate })},
		{Key: Key{Name: "replay_limit", Doc: "how much of a request's body is kept for the next backend"},
			field: fieldOf(size(), DefaultReplayLimit, func(f *File) *int64 { return &f.ReplayLimit })},
		{Key: Key{Name: "dashboard", Doc: "the dashboard; a number is its port. Without one: the port after the gateway's, else a free one"},
			field: fieldOf(dashboard(), Dashboard{Enabled: true}, func(f *File) *Dashboard { return &f.Dashboard })},
		{Key: Key{Name: "env_file", NewProcess: true, Unset: "`\".env\"` when it exists", Doc: "files with variables for every service. `[]` reads none. A file that is named must exist"},
			field: fieldOf(files(), []string{".env"}, func(f *File) *[]string { return &f.EnvFile })},
		{Key: Key{Name: "order", Unset: "order of the file", Doc: "the cascade. Services that it does not name follow in the order of the file"},
			field: fieldOf(services(), nil, func(f *File) *[]string { return &f.order })},
		{Key: Key{Name: "isolate", Doc: "this checkout takes ports of its own: `\"auto\"` where another one of the repository has them, see [several checkouts](checkouts.md)"},
			field: fieldOf(switching(IsolateAuto, IsolateOn, IsolateOff), IsolateAuto, func(f *File) *Isolate { return &f.Isolate })},
	}.in(GroupFile)
})

// serviceKeys are the keys of a service, and of [defaults].
var serviceKeys = sync.OnceValue(func() rows[*Service] {
	return slices.Concat(runKeys(), lifeKeys(), requestKeys())
})

// runKeys are about what a service runs.
func runKeys() rows[*Service] {
	return rows[*Service]{
		{Key: Key{Name: "command", Scope: ScopeStarted, Placeholders: true, NewProcess: true,
			Doc: "a text is run by `/bin/sh -c`, or by `shell`; a list is a program and its arguments, run as it is"},
			field: fieldOf(command(), Command{}, func(s *Service) *Command { return &s.Command }),
			also:  "cmd run exec start script process args entrypoint"},
		{Key: Key{Name: "build", Scope: ScopeStarted, Placeholders: true, NewProcess: true, Unset: none,
			Doc: "run to success before each start. While it fails, the old process keeps serving"},
			field: fieldOf(command(), Command{}, func(s *Service) *Command { return &s.Build })},
		{Key: Key{Name: "shell", Scope: ScopeStarted, NewProcess: true, Unset: "`/bin/sh`", Doc: "what runs the texts of this service: see [shells](#shells)"},
			field: fieldOf(shellName(), ShellUnset, func(s *Service) *Shell { return &s.Shell }),
			also:  "interpreter shell_command script_shell"},
		{Key: Key{Name: "dir", Scope: ScopeStarted, NewProcess: true, Unset: "project root", Doc: "where commands run"},
			field: fieldOf(folder(), "", func(s *Service) *string { return &s.Dir }),
			also:  "cwd directory folder workdir working_dir working_directory root"},
		{Key: Key{Name: "env", Scope: ScopeStarted, Placeholders: true, NewProcess: true, Unset: none,
			Doc: "variables. Numbers and booleans become text as they are written: `VERSION = 1.10` is `1.10`"},
			field: fieldOf(variables(), nil, func(s *Service) *map[string]string { return &s.Env }),
			also:  "environment envs vars variables"},
		{Key: Key{Name: "env_file", Scope: ScopeStarted, NewProcess: true, Unset: none, Doc: "files with variables. They must exist"},
			field: fieldOf(files(), nil, func(s *Service) *[]string { return &s.EnvFile }),
			also:  "env_files dotenv envfile"},
		{Key: Key{Name: "once", Scope: ScopeStarted, NewProcess: true, Doc: "a task"},
			field: fieldOf(boolean(), false, func(s *Service) *bool { return &s.Once }),
			also:  "oneshot one_shot task"},
		{Key: Key{Name: "pty", Scope: ScopeStarted, NewProcess: true,
			Doc: "the process gets a terminal of its own, for debuggers: [`devgate attach NAME`](commands.md#devgate-attach). All it prints is then `stdout`"},
			field: fieldOf(boolean(), false, func(s *Service) *bool { return &s.PTY }),
			also:  "tty terminal interactive"},
	}.in(GroupRun)
}

// lifeKeys are about when a service starts, restarts and stops.
func lifeKeys() rows[*Service] {
	return rows[*Service]{
		{Key: Key{Name: "after", Unset: none, Doc: "these must be ready first; a task must have succeeded first. A circle is an error"},
			field: fieldOf(services(), nil, func(s *Service) *[]string { return &s.After }),
			also:  "depends_on depends needs requires wait_for dependencies"},
		{Key: Key{Name: "ready", NewProcess: true, Unset: "`\"tcp\"` with a port", Doc: "when the service is ready"},
			field: fieldOf(readiness(), newReady(), func(s *Service) *Ready { return &s.Ready }),
			also:  "health healthcheck health_check readiness readiness_probe probe ready_when"},
		{Key: Key{Name: "watch", Scope: ScopeStarted, Unset: none, Doc: "a change of these files restarts the service. Without it, no change does"},
			field: fieldOf(globs(), nil, func(s *Service) *[]string { return &s.Watch }),
			also:  "files include watch_files watchers"},
		{Key: Key{Name: "ignore", Scope: ScopeStarted, Needs: "watch", Unset: none, Doc: "files that `watch` is not to see"},
			field: fieldOf(globs(), nil, func(s *Service) *[]string { return &s.Ignore }), hint: `add watch = ["**"], or remove it`,
			also: "exclude ignored exclude_dir"},
		{Key: Key{Name: "restart", Scope: ScopeStarted, Doc: "what follows an exit that nobody asked for"},
			field: fieldOf(enum[Restart](), RestartOnFailure, func(s *Service) *Restart { return &s.Restart })},
		{Key: Key{Name: "restart_style", Scope: ScopeStarted, NewProcess: true, Doc: "how a new process takes the place of the old one: see [overlapping restarts](#overlapping-restarts)"},
			field: fieldOf(enum[RestartStyle](), RestartStop, func(s *Service) *RestartStyle { return &s.RestartStyle })},
		{Key: Key{Name: "stop_signal", Scope: ScopeStarted,
			Doc: "how it is asked to end: " + anyOf(signalNames()) + ". `\"SIGTERM\"` and `\"term\"` mean the same"},
			field: fieldOf(signalName(), defaultSignal(), func(s *Service) *Signal { return &s.StopSignal }),
			also:  "signal kill_signal"},
		{Key: Key{Name: "grace", Scope: ScopeStarted, Doc: "how long it may take to end before it is killed"},
			field: fieldOf(duration(0), DefaultGrace, func(s *Service) *time.Duration { return &s.Grace }),
			also:  "stop_timeout kill_timeout stop_grace_period shutdown_timeout"},
		{Key: Key{Name: "stop", Scope: ScopeStarted, Placeholders: true, Unset: none,
			Doc: "a command that is run instead of the signal: `\"docker stop -t 5 shop-db\"`"},
			field: fieldOf(command(), Command{}, func(s *Service) *Command { return &s.Stop })},
	}.in(GroupLife)
}

// requestKeys are about which requests a service gets.
func requestKeys() rows[*Service] {
	return rows[*Service]{
		{Key: Key{Name: "port", NewProcess: true, Unset: none, Doc: "where the service listens. `\"auto\"`: a free one, handed over as `$PORT`"},
			field: fieldOf(portOrAuto(), Port{}, func(s *Service) *Port { return &s.Port }),
			also:  "listen listens ports"},
		{Key: Key{Name: "url", Unset: none,
			Doc: "a backend that runs elsewhere. Scheme, host and port only: paths are passed on as the client sent them"},
			field: fieldOf(address(), nil, func(s *Service) **url.URL { return &s.URL }),
			also:  "target proxy upstream proxy_pass"},
		{Key: Key{Name: "verify", Scope: ScopeAsked, Needs: "url", Doc: "with an `https` `url`: false takes any certificate"},
			field: fieldOf(boolean(), true, func(s *Service) *bool { return &s.Verify }),
			also:  "secure insecure rejectunauthorized tls_verify",
			hint:  `only what has a url has a certificate: add url = "https://..."`},
		{Key: Key{Name: "paths", Scope: ScopeAsked, Unset: "all",
			Doc: "asked only for these. A `*` at the end matches the rest (`\"/api/*\"`), elsewhere one whole segment (`\"/users/*/posts\"`)"},
			field: fieldOf(routes(), nil, func(s *Service) *[]string { return &s.Paths }),
			also:  "path route routes prefix match"},
		{Key: Key{Name: "final", Scope: ScopeAsked, Needs: "paths", Doc: "with `paths`: its answer is the end there, also a 404"},
			field: fieldOf(boolean(), false, func(s *Service) *bool { return &s.Final }),
			hint:  `add paths = ["/api/*"]: for these, the answer of this backend is the end`},
		{Key: Key{Name: "fallthrough", Scope: ScopeAsked, Doc: "statuses that pass the request on to the next. `[]`: none does"},
			field: fieldOf(statuses(), []int{404}, func(s *Service) *[]int { return &s.Fallthrough })},
		{Key: Key{Name: "spa", Scope: ScopeAsked, Doc: "whether it answers unknown paths with a page. `\"auto\"` finds out"},
			field: fieldOf(switching(SPAAuto, SPAOn, SPAOff), SPAAuto, func(s *Service) *SPA { return &s.SPA })},
		{Key: Key{Name: "optional", Scope: ScopeAsked, Doc: "while it is down or cannot be reached it is skipped, instead of answering 502"},
			field: fieldOf(boolean(), false, func(s *Service) *bool { return &s.Optional })},
		{Key: Key{Name: "protocol", Scope: ScopeAsked, NewProcess: true, Doc: "how the gateway speaks to it, and `ready = \"/path\"` asks it"},
			field: fieldOf(enum[Protocol](), HTTP1, func(s *Service) *Protocol { return &s.Protocol })},
	}.in(GroupRequests)
}

// readyKeys are the keys of a ready table. The first four are the kinds.
var readyKeys = sync.OnceValue(func() rows[*Ready] {
	return rows[*Ready]{
		{Key: Key{Name: "http", Unset: none, Doc: "`GET` of this path answers `status`"},
			field: fieldOf(urlPath(), "", func(r *Ready) *string { return &r.Path })},
		{Key: Key{Name: "tcp", Unset: none, Doc: "something listens on this port, another than the service's own"},
			field: fieldOf(otherPort(), 0, func(r *Ready) *int { return &r.Port })},
		{Key: Key{Name: "log", Unset: none, Doc: "a line of output matches this regular expression"},
			field: fieldOf(expression(), nil, func(r *Ready) **regexp.Regexp { return &r.Log })},
		{Key: Key{Name: "exec", Placeholders: true, Unset: none, Doc: "this command exits 0"},
			field: fieldOf(command(), Command{}, func(r *Ready) *Command { return &r.Exec })},
		{Key: Key{Name: "status", Needs: "http", Doc: "with `http`: the answer that counts"},
			field: fieldOf(status(), 200, func(r *Ready) *int { return &r.Status })},
		{Key: Key{Name: "timeout", Doc: "after it one line says that the service is not ready, and why"},
			field: fieldOf(duration(1), DefaultTimeout, func(r *Ready) *time.Duration { return &r.Timeout })},
		{Key: Key{Name: "interval", Doc: "the time between two attempts"},
			field: fieldOf(duration(1), DefaultInterval, func(r *Ready) *time.Duration { return &r.Interval })},
	}.in(GroupReady)
})

// language is what the table has for hints.
var language = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{file: fileKeys().names(), service: serviceKeys().names(), synonyms: map[string]string{}}
	for _, row := range serviceKeys() {
		for word := range strings.FieldsSeq(row.also) {
			v.synonyms[word] = row.Name
		}
	}
	return v
})

// FileKeys are the top-level keys.
func FileKeys() []Key { return fileKeys().keys() }

// ServiceKeys are the keys of a service's table, which [defaults] may have too.
func ServiceKeys() []Key { return serviceKeys().keys() }

// ReadyKeys are the keys of a ready table.
func ReadyKeys() []Key { return readyKeys().keys() }

// SameValue reports whether a service's key has the same value for two services.
// Placeholders are compared as they are written.
func SameValue(key string, a, b *Service) bool {
	get := serviceKeys().find(key).field.get
	return sameValue(get(a), get(b))
}

// sameValue reports whether two values of a field are equal.
func sameValue(a, b any) bool {
	if r, ok := a.(Ready); ok {
		return r.Equal(b.(Ready))
	}
	return reflect.DeepEqual(a, b)
}
