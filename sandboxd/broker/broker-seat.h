/* broker-seat: a user who logs out takes the zones along.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/broker/broker.h"

void broker_seat_init(Broker *broker); /* a machine without logind is fine */
