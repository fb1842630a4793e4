package procfile

// builder puts the services of a file together and checks what holds between them.
type builder struct {
	*reader
	file     *File
	services []*Service          // in the order of the file
	byName   map[string]*Service // the same
	clean    bool                // the syntax has no fault
}

func newBuilder(src *source, format Format) *builder {
	return &builder{reader: newReader(src, language()), file: newFile(src, format), byName: map[string]*Service{}}
}

// result is the file, or what is wrong with it.
func (b *builder) result() (*File, error) {
	if err := b.errs.orNil(); err != nil {
		return nil, err
	}
	return b.file, nil
}

func (b *builder) service(name string) *Service { return b.byName[name] }

func (b *builder) addService(s *Service) {
	b.services = append(b.services, s)
	b.byName[s.Name] = s
}

// serviceNames lists the services for hints.
func (b *builder) serviceNames() []string {
	all := make([]string, len(b.services))
	for i, s := range b.services {
		all[i] = s.Name
	}
	return all
}
