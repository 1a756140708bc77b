package fleet

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

// lookupEvery is the least time between two look-ups of a load-balanced name. Go's resolver does not tell how long an
// answer may be kept; the zones of load balancers live for 30 to 60 seconds.
const lookupEvery = 15 * time.Second

// set is what one configured URL stands for: one server, or with resolve = "all" one per address.
type set struct {
	name     *Server // the URL as configured, which has no Client; nil where it is not looked up
	servers  []*Server
	lookedUp time.Time
	found    []netip.Addr // by a look-up, and not adopted yet
	err      error        // of the last look-up
}

func lookupIP(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dueNames are the load-balanced names whose time for a look-up has come.
func (f *Fleet) dueNames(at time.Time) (due []*set) {
	if f.options.Resolve != ResolveAll {
		return nil
	}
	for _, s := range f.sets {
		if s.err != nil || s.lookedUp.IsZero() || at.Sub(s.lookedUp) >= lookupEvery {
			due = append(due, s)
		}
	}
	return due
}

// lookUp looks up one name. The servers of a name that had none have their turn in the same gather; those of another one are
// being visited meanwhile, so what is new of them waits for adopt. A name that cannot be looked up keeps the addresses it had.
func (f *Fleet) lookUp(ctx context.Context, at time.Time, s *set, v Visitor, turns chan<- *Server) {
	addrs, err := f.lookup(ctx, s.name.Host)
	if s.err = err; err == nil {
		s.lookedUp, s.found = at, addrs
	}
	if len(s.servers) > 0 {
		return
	}
	if err == nil {
		s.err = f.update(s)
	}
	if s.err != nil {
		v.Unresolved(s.name, s.err)
	}
	for _, server := range s.servers {
		turns <- server
	}
}

// adopt brings the servers of all names up to date with what was found in the gather.
func (f *Fleet) adopt() {
	for _, s := range f.sets {
		if s.found != nil {
			s.err = f.update(s)
		}
	}
}

// update follows the addresses of a name: new ones become servers, those that are gone are closed, the others
// keep their client and what is known of them.
func (f *Fleet) update(s *set) error {
	addrs := s.found
	s.found = nil
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	addrs = slices.Compact(addrs)
	var servers []*Server
	for _, ip := range addrs {
		address := net.JoinHostPort(ip.String(), s.name.Port)
		i := slices.IndexFunc(s.servers, func(have *Server) bool { return have.Address == address })
		if i >= 0 {
			servers = append(servers, s.servers[i])
			continue
		}
		e := s.name.Endpoint
		e.Alias = ip.String()
		if alias, ok := f.options.Aliases[address]; ok {
			e.Alias = alias
		}
		server, err := f.server(e, address)
		if err != nil {
			return err
		}
		servers = append(servers, server)
	}
	for _, have := range s.servers {
		if !slices.Contains(servers, have) {
			have.Client.Close()
		}
	}
	s.servers = servers
	return nil
}
