package detect

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/tool"
)

// infrastructure is what images hold that is no part of the project, and what the
// rest of the project calls it.
// The order counts: "pgvector/pgvector" before anything that might have part of its name.
var infrastructure = []struct {
	what string
	name *pattern.Pattern
}{
	{"postgres", pattern.New(`postgres|postgis|pgvector|timescale`)},
	{"mysql", pattern.New(`mysql|mariadb|percona`)},
	{"mongo", pattern.New(`mongo`)},
	{"redis", pattern.New(`redis|valkey|dragonfly|keydb`)},
	{"rabbitmq", pattern.New(`rabbitmq`)},
	{"kafka", pattern.New(`kafka|redpanda|zookeeper`)},
	{"search", pattern.New(`elasticsearch|opensearch|meilisearch|typesense|qdrant|weaviate|chroma`)},
	{"mail", pattern.New(`mailpit|mailhog|maildev|inbucket|smtp4dev|mailcatcher|mailcrab`)},
	{"other", pattern.New(`minio|localstack|nats|memcached|clickhouse|mssql|azurite|etcd|consul|temporal|influxdb|neo4j|cassandra|scylla`)},
}

// infraNames are what people call databases that they build themselves.
var infraNames = map[string]string{
	"db": "sql", "database": "sql", "postgres": "postgres", "mysql": "mysql", "mongo": "mongo", "mongodb": "mongo",
	"redis": "redis", "cache": "redis", "broker": "rabbitmq", "rabbitmq": "rabbitmq",
}

// infraViews are images of tools for these.
var infraViews = pattern.New(`exporter|commander|-express`)

// infra returns what a service is if it is no part of the project, or "".
func (r *reader) infra(s *composeService) string {
	name := s.image[strings.LastIndexByte(s.image, '/')+1:]
	// A profile starts only when somebody asks for it; a viewer stores nothing; without
	// image and build there is nothing to know.
	switch {
	case s.optional, infraViews.MatchString(name), s.context == "" && name == "":
		return ""
	// A folder with a package.json is the project's own code, whatever it is called.
	case s.context != "" && r.Pack(s.context) != nil:
		return ""
	}
	for _, i := range infrastructure {
		if s.context == "" && i.name.MatchString(name) {
			return i.what
		}
	}
	return infraNames[s.name]
}

// composeServices takes what compose files add to what was found: databases, the
// commands of workers, and servers that only containers have.
func (r *reader) composeServices() {
	for _, c := range r.compose {
		out := found.Compose{File: c.file, Default: c.isDefault()}
		for _, s := range c.services {
			if what := r.infra(s); what != "" {
				out.Services = append(out.Services, s.name)
				out.Uses = append(out.Uses, what)
			} else if !s.optional && !r.composeWorker(c, s) && r.isOnlyContainer(s) {
				// A guess of ours gives way to a container that is known to work.
				out.Remotes = append(out.Remotes, &found.Service{
					Name: s.name, Dir: ".", Kind: found.API, URL: "http://localhost:" + strconv.Itoa(s.port),
					Port: found.Port{Number: s.port, From: c.file}, From: c.file, Guess: c.file,
				})
			}
		}
		// A file without either says nothing to anybody.
		if len(out.Services)+len(out.Remotes) > 0 {
			r.found.Compose = append(r.found.Compose, out)
		}
	}
}

// isOnlyContainer reports whether a server of the project is only known to run in a
// container.
func (r *reader) isOnlyContainer(s *composeService) bool {
	known := r.serviceOf(s)
	return s.port != 0 && s.context != "" && (known == nil || known.Guess != "")
}

// serviceOf finds what a service of compose is outside of containers: by its
// folder, or by its name.
// The folder is surer: names in compose files are often those of containers.
func (r *reader) serviceOf(c *composeService) *tool.Made {
	for _, s := range r.made {
		if c.context != "" && c.context != "." && isBelow(s.Dir, c.context) && s.Kind.Answers() {
			return s
		}
	}
	return r.called(c.name)
}

// called finds a server by a name that people would have for it.
func (r *reader) called(name string) *tool.Made {
	for _, s := range r.made {
		if s.Kind.Answers() && slices.Contains([]string{s.Name, s.Hint, path.Base(s.Dir)}, name) {
			return s
		}
	}
	return nil
}

// workerTools are workers whose commands projects often write down nowhere else.
var workerTools = []string{"celery", "dramatiq", "rq", "sidekiq"}

// composeWorker takes a worker's command. It reports whether the service is one.
func (r *reader) composeWorker(c *composeFile, s *composeService) bool {
	if s.command == "" {
		return false
	}
	dir := r.workerFolder(s)
	f := r.In(dir, c.file, s.command)
	f.Name = s.name
	leaves := r.Split(f)
	if len(leaves) != 1 || !leaves[0].IsAlone() || !slices.Contains(workerTools, leaves[0].Tool()) {
		return false
	}
	// The same worker may stand in the project's list, with another program in front.
	for _, known := range r.made {
		if strings.Contains(string(known.Command), s.command) || known.Name == s.name {
			return true
		}
	}
	// In a container programs are on the PATH; here they are in the project's
	// environment.
	if p := r.PythonProject(dir); p != nil && leaves[0].Tool() != "sidekiq" {
		f.Text = p.Command(s.command)
		leaves = r.Split(f)
	}
	if worker := r.Understand(leaves[0]); worker != nil {
		worker.Guess = c.file
		r.add(worker)
	}
	return true
}

// workerFolder is where a worker runs. The folder that its container is made of is
// not always the one of the program: that of the server beside it is.
func (r *reader) workerFolder(s *composeService) string {
	dir := s.context
	if dir == "" || !r.HasFolder(dir) {
		dir = "."
	}
	for _, known := range r.made {
		if known.Kind.Answers() && isBelow(known.Dir, dir) && r.isCovered(known.Dir, tool.Python) {
			return known.Dir
		}
	}
	return dir
}
