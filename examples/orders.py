"""Prints a sales report: reads an export of orders, stores it in SQLite, adds it up.

usage: orders.py [SIZE]     SIZE is the number of orders, 8000 if left out

The program is an example to profile. It works, but it is slow in ten ways that are common in
real programs; each is marked at the end of its line. It uses the standard library only, leaves
no files behind, and prints the same report for the same size every time.

SPDX-License-Identifier: MIT
"""

import csv
import os
import random
import sqlite3
import sys
import tempfile
import threading
from collections import namedtuple

Customer = namedtuple("Customer", "id name country")
Product = namedtuple("Product", "id name price weight")
Order = namedtuple("Order", "id customer_id product_id quantity day")

COUNTRIES = ("AT", "CZ", "DE", "DK", "FR", "IT", "NL", "PL")
DEFAULT_SIZE = 8000


class Report:
    """The text of the report, a line at a time."""

    def __init__(self, title):
        self.text = title + "\n" + "=" * len(title) + "\n"

    def add(self, label, value):
        self.text += "%-40s %16s\n" % (label, value)  # slow: string concatenation in a loop

    def summary(self, lines):
        return "\n".join(self.text.splitlines()[:lines])


# Input: what another system would have exported.


def make_catalogue(size):
    products = []
    for number in range(size // 25 + 1):
        price = 5 + number * 37 % 400
        products.append(Product(number, "product %d" % number, price, 1 + number % 30))
    return products


def make_customers(size):
    count = size // 2 + 1
    return [
        Customer(number, "customer %d" % number, COUNTRIES[number % len(COUNTRIES)])
        for number in range(count)
    ]


def make_orders(size, customers, products):
    choice = random.Random(size).random
    for number in range(size):
        customer = customers[int(choice() * len(customers))]
        product = products[int(choice() * len(products))]
        yield Order(number, customer.id, product.id, 1 + int(choice() * 9), number * 365 // size)


def export_orders(path, orders):
    with open(path, "wb", buffering=0) as file:
        for order in orders:
            file.write(b"%d,%d,%d,%d,%d\n" % order)  # slow: one write per row


# The job: read, store, look up, add up.


def read_orders(path):
    with open(path, newline="") as file:
        return [Order(*map(int, row)) for row in csv.reader(file)]


def store_orders(database, orders):
    database.execute("CREATE TABLE orders (id, customer_id, product_id, quantity, day)")
    database.execute("CREATE INDEX by_customer ON orders (customer_id)")
    insert = "INSERT INTO orders VALUES (?, ?, ?, ?, ?)"
    for order in orders:
        database.execute(insert, order)  # slow: one INSERT per row
    database.commit()


def orders_per_customer(database, customers):
    counts = {}
    query = "SELECT count(*), sum(quantity) FROM orders WHERE customer_id = ?"
    for customer in customers:
        found = database.execute(query, (customer.id,))  # slow: a query per row
        counts[customer.id] = found.fetchone()
    return counts


def active_customers(orders):
    seen = []
    for order in orders:
        if order.customer_id not in seen:  # slow: list membership in a loop
            seen.append(order.customer_id)
    return seen


def find_product(products, product_id):
    for product in products:
        if product.id == product_id:  # slow: nested-loop lookup
            return product
    raise LookupError("no product %d" % product_id)


def price_orders(orders, products):
    return [(order, find_product(products, order.product_id)) for order in orders]


def shipping_cost(country, weight):
    """The cheapest of the carrier's price bands for a parcel of this weight."""
    distance = 200 + 150 * COUNTRIES.index(country)
    best = float("inf")
    for band in range(1, 25):
        parcels = -(-weight // band)
        best = min(best, parcels * (3.5 + 0.002 * distance * band ** 0.5))
    return best


def total_shipping(priced, customers):
    total = 0.0
    for order, product in priced:
        country = customers[order.customer_id].country
        total += shipping_cost(country, product.weight)  # slow: repeated pure computation
    return total


def first_of_month(priced, month):
    """The first order since the month began and, of one day, the one with the highest value."""
    def by_day(pair):
        order, product = pair
        return ((order.day - 30 * month) % 365, -order.quantity * product.price)
    return sorted(priced, key=by_day)[0]  # slow: sorting to find a minimum


def forecast(priced, day):
    """What a day next year will bring: this year's orders, the later the heavier."""
    sold = sum([o.quantity * p.price / (day - o.day) for o, p in priced])  # slow: a list in sum()
    return sold / sum(1 / (day - past) for past in range(365))


def fraud_score(order):
    """A checksum over an order's digits, standing in for a costly model."""
    value = order.id * 7919 + order.customer_id
    for step in range(120):
        value = (value * 31 + order.quantity + step) % 1000003
    return value


def score_orders(orders, scores):
    for order in orders:
        scores[order.id] = fraud_score(order)


def score_in_threads(orders, workers=4):
    scores = {}
    threads = []
    for worker in range(workers):
        share = orders[worker::workers]
        thread = threading.Thread(target=score_orders, args=(share, scores))
        thread.start()  # slow: CPU-bound threads
        threads.append(thread)
    for thread in threads:
        thread.join()
    return scores


def write_report(orders, customers, products, database):
    report = Report("Sales of the year")
    priced = price_orders(orders, products)
    report.add("orders", len(orders))
    report.add("active customers", len(active_customers(orders)))
    report.add("shipping", "%.2f" % total_shipping(priced, customers))
    scores = score_in_threads(orders)
    report.add("suspicious orders", sum(1 for score in scores.values() if score < 10000))
    for week in range(52):
        report.add("forecast, week %d" % (week + 1), "%.2f" % forecast(priced, 368 + 7 * week))
    for month in range(12):
        order, product = first_of_month(priced, month)
        report.add("first of month %d" % (month + 1), "%d x %s" % (order.quantity, product.name))
    counts = orders_per_customer(database, customers)
    for customer_id, (count, items) in counts.items():
        report.add(customers[customer_id].name, "%d/%d" % (count, items or 0))
    return report


def main(arguments):
    try:
        size = int(arguments[0]) if arguments else DEFAULT_SIZE
    except ValueError:
        size = 0
    if size < 1 or len(arguments) > 1:
        sys.exit("usage: orders.py [SIZE], a number of orders from 1 up")
    customers = make_customers(size)
    products = make_catalogue(size)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "orders.csv")
        export_orders(path, make_orders(size, customers, products))
        orders = read_orders(path)
        database = sqlite3.connect(os.path.join(directory, "orders.db"))
        try:
            store_orders(database, orders)
            report = write_report(orders, customers, products, database)
        finally:
            database.close()
    print(report.summary(12))


if __name__ == "__main__":
    main(sys.argv[1:])
