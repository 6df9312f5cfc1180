int unused_life;
