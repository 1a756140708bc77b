package fleet

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// lookupEvery is the least time between two look-ups of a load-balanced name. Go's resolver does not tell how long an
// answer may be kept; the zones of load balancers live for 30 to 60 seconds.
const lookupEvery = 15 * time.Second

// set is what one configured URL stands for: one server, or with resolve = "all" one per address.
type set struct {
	name     *Server // the URL as configured; it has no Client
	servers  []*Server
	lookedUp time.Time
	err      error // of the last look-up
}

func lookupIP(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// resolve looks up the load-balanced names whose time has come, all at once, and brings their servers up to date. A name
// that cannot be looked up keeps the addresses it had.
func (f *Fleet) resolve(ctx context.Context, at time.Time, v Visitor) {
	if f.options.Resolve != ResolveAll {
		return
	}
	var wg sync.WaitGroup
	for _, s := range f.sets {
		if !s.lookedUp.IsZero() && at.Sub(s.lookedUp) < lookupEvery && s.err == nil {
			continue
		}
		wg.Go(func() {
			addrs, err := f.lookup(ctx, s.name.Host)
			if s.err = err; err == nil {
				s.lookedUp = at
				s.err = f.update(s, addrs)
			}
		})
	}
	wg.Wait()
	for _, s := range f.sets {
		if s.err != nil && len(s.servers) == 0 {
			v.Unresolved(s.name, s.err)
		}
	}
}

// update follows the addresses of a name: new ones become servers, those that are gone are closed, the others
// keep their client and what is known of them.
func (f *Fleet) update(s *set, addrs []netip.Addr) error {
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
