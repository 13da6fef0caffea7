package main

import (
	"errors"
	"sort"
	"strconv"
	"sync"
	"time"
)

type orderStatus string

const (
	statusOpen      orderStatus = "open"
	statusCancelled orderStatus = "cancelled"
)

type item struct {
	SKU      string `json:"sku" binding:"required,max=64"`
	Quantity int    `json:"quantity" binding:"required,min=1,max=1000"`
}

type order struct {
	ID        string      `json:"id"`
	Customer  string      `json:"customer"`
	Items     []item      `json:"items"`
	Status    orderStatus `json:"status"`
	CreatedAt time.Time   `json:"createdAt"`
}

type newOrder struct {
	Customer string `json:"customer" binding:"required,max=128"`
	Items    []item `json:"items" binding:"required,min=1,max=100,dive"`
}

var (
	errNotFound  = errors.New("no such order")
	errCancelled = errors.New("the order is cancelled already")
	errFull      = errors.New("no room for another order")
)

// maxOrders keeps a service without a database from growing without end.
const maxOrders = 100_000

// store keeps orders in memory. It is safe for concurrent use.
type store struct {
	mu     sync.RWMutex
	now    func() time.Time
	last   int
	orders map[string]order
}

func newStore(now func() time.Time) *store {
	return &store{now: now, orders: map[string]order{}}
}

func (s *store) create(request newOrder) (order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.orders) >= maxOrders {
		return order{}, errFull
	}
	s.last++
	created := order{
		ID:        strconv.Itoa(s.last),
		Customer:  request.Customer,
		Items:     request.Items,
		Status:    statusOpen,
		CreatedAt: s.now().UTC(),
	}
	s.orders[created.ID] = created
	return created, nil
}

func (s *store) get(id string) (order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.orders[id]
	if !ok {
		return order{}, errNotFound
	}
	return found, nil
}

// list gives the orders of one status, or of any when it is empty, oldest first.
func (s *store) list(status orderStatus) []order {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := make([]order, 0, len(s.orders))
	for _, o := range s.orders {
		if status == "" || o.Status == status {
			found = append(found, o)
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if len(found[i].ID) != len(found[j].ID) {
			return len(found[i].ID) < len(found[j].ID)
		}
		return found[i].ID < found[j].ID
	})
	return found
}

func (s *store) cancel(id string) (order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.orders[id]
	if !ok {
		return order{}, errNotFound
	}
	if found.Status == statusCancelled {
		return order{}, errCancelled
	}
	found.Status = statusCancelled
	s.orders[id] = found
	return found, nil
}
