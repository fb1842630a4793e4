package detect

import (
	"path"
	"slices"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/tool"
)

// usesOf is what the names of packages tell about databases and queues.
var usesOf = []struct {
	what  string
	names *pattern.Pattern
}{
	// One pattern over the whole text of a manifest: names of packages are telling in
	// every language, and a wrong guess only makes a service wait for a database that is
	// there anyway.
	{"postgres", pattern.New(`(?i)["' /\-]pg["' :]|postgres|psycopg|asyncpg|jackc/pgx|lib/pq|npgsql|tokio-postgres`)},
	{"mysql", pattern.New(`(?i)mysql|mariadb|pymysql`)},
	{"mongo", pattern.New(`(?i)mongo`)},
	{"redis", pattern.New(`(?i)redis|bullmq|sidekiq|valkey|celery`)},
	{"rabbitmq", pattern.New(`(?i)amqp|rabbitmq|celery|pika\b`)},
	{"kafka", pattern.New(`(?i)kafka|confluent`)},
	{"search", pattern.New(`(?i)elasticsearch|opensearch|meilisearch|typesense`)},
	{"sql", pattern.New(`(?i)prisma|typeorm|sequelize|knex|drizzle-orm|sqlalchemy|sqlmodel|\bdjango\b|\becto|gorm\.io|\bsqlx\b|diesel|activerecord|gem ['"]rails|hibernate|data-jpa|EntityFramework|doctrine|sea-orm`)},
}

// manifests name what a folder's programs depend on.
var manifests = []string{
	"package.json", "pyproject.toml", "requirements.txt", "requirements/base.txt", "Pipfile", "Gemfile", "go.mod", "Cargo.toml", "composer.json", "mix.exs",
	"pom.xml", "build.gradle", "build.gradle.kts",
}

// uses notes which databases and queues a service's dependencies name.
func (r *reader) uses(s *tool.Made) {
	// They run in browsers, or not for long.
	if s.Kind == found.Page || s.Kind == found.Assets || s.Kind == found.Task {
		return
	}
	dir := s.Dir
	if s.Module != nil {
		dir = s.Module.Dir
	} else if s.Leaf != nil {
		dir = s.Leaf.Dir
	}
	for _, name := range manifests {
		text, ok := r.Text(path.Join(dir, name))
		if !ok {
			continue
		}
		for _, u := range usesOf {
			if u.names.MatchString(text) && !slices.Contains(s.Uses, u.what) {
				s.Uses = append(s.Uses, u.what)
			}
		}
	}
}
