package detect

// composeFile is a file of Docker Compose.
type composeFile struct {
	file     string
	services []*composeService // as they are written
}

// composeService is what matters of one of its services.
type composeService struct {
	name     string
	image    string
	context  string // folder of its build, from the project's root; "" for none
	command  string
	port     int  // of this machine; 0 for none
	optional bool // only started with a profile
	labels   map[string]string
}

// service returns the service of a name, or nil.
func (c *composeFile) service(name string) *composeService {
	for _, s := range c.services {
		if s.name == name {
			return s
		}
	}
	return nil
}
