package stream

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Totals adds up what every server of every block says of a channel, so that one number says how many listen to it on
// all of them. It says how many servers are in that number and how many are missing.
//
// There is one for a process (ProcessTotals). Each block replaces what it said before whenever it has
// gathered; the sums are taken when they are asked for.
type Totals struct {
	mu     sync.Mutex
	blocks []*BlockTotals // in the order of Join
}

// ProcessTotals are the totals of all blocks of this process.
var ProcessTotals Totals

// BlockTotals is the part of one block.
type BlockTotals struct {
	totals   *Totals
	platform string
	round    uint64
	servers  map[string]*serverCounts
}

// serverCounts is what one server adds.
type serverCounts struct {
	round   uint64
	missing bool
	counts  []Count
}

// Count is the listeners of one channel on one server.
type Count struct {
	Mount   string
	Current int64
	Gone    bool // the server has just stopped carrying it: the total falls, to 0 where nobody else does
}

// Total is one channel over all servers.
type Total struct {
	Mount    string
	Platform string // empty if both platforms carry the channel
	Current  int64
	Hosts    int64
	Missing  int64

	lastHost *serverCounts // counted in Hosts already
}

// Join adds a block. Leave takes it away again.
func (t *Totals) Join(platform string) *BlockTotals {
	b := &BlockTotals{totals: t, platform: platform, servers: map[string]*serverCounts{}}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.blocks = append(t.blocks, b)
	return b
}

// Leave takes the block's part out of the totals.
func (b *BlockTotals) Leave() {
	b.totals.mu.Lock()
	defer b.totals.mu.Unlock()
	b.totals.blocks = slices.DeleteFunc(b.totals.blocks, func(have *BlockTotals) bool { return have == b })
}

// First says whether the block is the first one that joined. Where the blocks gather each at its own time, that one
// emits the totals.
func (b *BlockTotals) First() bool {
	b.totals.mu.Lock()
	defer b.totals.mu.Unlock()
	return len(b.totals.blocks) > 0 && b.totals.blocks[0] == b
}

// Begin starts a gather of the block.
func (b *BlockTotals) Begin() {
	b.totals.mu.Lock()
	defer b.totals.mu.Unlock()
	b.round++
}

// Set replaces what one server of the block says. missing says that it could not be read, or not to the end. The
// counts are copied.
func (b *BlockTotals) Set(server string, missing bool, counts []Count) {
	b.totals.mu.Lock()
	defer b.totals.mu.Unlock()
	s := b.servers[server]
	if s == nil {
		s = &serverCounts{}
		b.servers[server] = s
	}
	s.round, s.missing = b.round, missing
	s.counts = append(s.counts[:0], counts...)
}

// End ends a gather. A server that was not Set in it is no longer one of the block's.
func (b *BlockTotals) End() {
	b.totals.mu.Lock()
	defer b.totals.mu.Unlock()
	maps.DeleteFunc(b.servers, func(_ string, s *serverCounts) bool { return s.round != b.round })
}

// Sum returns every channel that some server carries, by mount.
func (t *Totals) Sum() []Total {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sums []Total
	index := map[string]int{}
	missing := int64(0)
	for _, b := range t.blocks {
		for _, s := range b.servers {
			if s.missing {
				missing++
			}
			sums = addServer(sums, index, b.platform, s)
		}
	}
	for i := range sums {
		sums[i].Missing = missing
	}
	slices.SortFunc(sums, func(a, b Total) int { return strings.Compare(a.Mount, b.Mount) })
	return sums
}

// addServer adds one server. It may carry a channel under several names (a Wowza edge does); then it is one host all the same.
func addServer(sums []Total, index map[string]int, platform string, server *serverCounts) []Total {
	for _, c := range server.counts {
		i, ok := index[c.Mount]
		if !ok {
			i = len(sums)
			index[c.Mount] = i
			sums = append(sums, Total{Mount: c.Mount, Platform: platform})
		}
		s := &sums[i]
		s.Current += c.Current
		if s.Platform != platform {
			s.Platform = ""
		}
		if s.lastHost != server && !c.Gone {
			s.Hosts++
			s.lastHost = server
		}
	}
	return sums
}
